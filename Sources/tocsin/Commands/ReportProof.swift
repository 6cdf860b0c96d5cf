import Broadcast
import Storage

extension Session {
    /// Makes or verifies a proof, or prints their key, when one of that is asked for; false when none is.
    ///
    /// - Throws: `usage` for options that do not go together.
    func didProve(_ invocation: Invocation) async throws(CommandFailure) -> Bool {
        let kinds = ["proof", "verify", "proof-key"].filter(invocation.isSet)
        for (option, wanted) in [("replace", ["csv", "proof"]), ("key", ["verify"])]
        where invocation.isSet(option) && !wanted.contains(where: invocation.isSet) {
            let names = wanted.map { "--\($0)" }.joined(separator: " or ")
            throw CommandFailure(.usage, "--\(option) goes with \(names)")
        }
        guard let kind = kinds.first else { return false }
        let others = kinds.dropFirst() + ["all", "contacts", "csv"].filter(invocation.isSet)
        if let other = others.first {
            throw CommandFailure(.usage, "--\(kind) and --\(other): give either")
        }
        if kind != "proof", let id = invocation.operand(0) {
            throw CommandFailure(
                .usage, "--\(kind) is not about one announcement: leave \(Plain.text(id)) out")
        }
        if let path = invocation.value("verify") {
            let check = try ProofCheck(of: path, signedWith: invocation.value("key"))
            if output.isJSON { output.result(check.json) } else { output.result(check.text(in: zone)) }
            return true
        }
        let store = try storeForReading()
        if let path = invocation.value("proof") {
            let id = try await announcement(invocation.operand(0) ?? "latest", in: store)
            try await prove(id, in: store, to: path, replacing: invocation.isSet("replace"))
        } else {
            showProofKey(of: store)
        }
        return true
    }
}

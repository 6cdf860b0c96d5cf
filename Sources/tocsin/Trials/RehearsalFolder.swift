import Broadcast
import Foundation
import Glibc

/// The folder of a rehearsal: new or empty, or an earlier rehearsal that is to be replaced; nobody else may read it.
///
/// A file with the name ``marker`` lists what the rehearsal puts there: nothing else is ever taken away again.
struct RehearsalFolder: Sendable {
    /// The list of all deliveries; it stands only when the rehearsal is whole.
    static let index = "index.csv"
    private static let marker = ".tocsin-rehearsal"
    private static let previous = ".previous"

    let path: String
    private let isNew: Bool
    /// What an earlier rehearsal has put there.
    private let earlier: [String]

    /// Looks at the folder called `path`; nothing is changed yet.
    ///
    /// - Throws: `usage` when it holds something that is not to be replaced, or is no folder.
    init(_ path: String, replaces: Bool) throws(CommandFailure) {
        self.path = path
        let files = FileManager.default
        let shown = Plain.text(path)
        var isFolder: ObjCBool = false
        isNew = unsafe !files.fileExists(atPath: path, isDirectory: &isFolder)
        guard isNew || isFolder.boolValue else {
            throw CommandFailure(.usage, "--rehearse \(shown): is no folder; give one that is new or empty")
        }
        guard !isNew || (try? files.destinationOfSymbolicLink(atPath: path)) == nil else {
            throw CommandFailure(
                .notFound, "--rehearse \(shown): is a link that leads nowhere; remove it, or give another")
        }
        // Told before a million people are planned for.
        let above = URL(filePath: path).deletingLastPathComponent().path
        guard !isNew || files.fileExists(atPath: above) else { throw Self.failed(path, ENOENT) }
        guard let names = isNew ? [] : try? files.contentsOfDirectory(atPath: path) else {
            throw CommandFailure(.storeFailed, "--rehearse \(shown): cannot be read; check its mode")
        }
        let known = Self.known(in: path)
        if let other = names.sorted().first(where: { !Self.isOurs($0, known) }) {
            throw CommandFailure(
                .usage,
                "--rehearse \(shown): holds \(Plain.text(other)), which no rehearsal made; give a folder that is "
                    + "new or empty")
        }
        guard names.isEmpty || replaces else {
            throw CommandFailure(
                .usage, "--rehearse \(shown): an earlier rehearsal stands there; --replace takes its place")
        }
        earlier = names
    }

    /// What the marker in the folder lists; nil when there is none.
    private static func known(in path: String) -> Set<String>? {
        guard let bytes = FileManager.default.contents(atPath: "\(path)/\(marker)") else { return nil }
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    private static func isOurs(_ name: String, _ known: Set<String>?) -> Bool {
        guard let known else { return false }
        let own = [marker, previous, index]
        return known.contains(name) || own.contains(name) || name.hasPrefix("\(index).partial-")
    }

    /// Refuses what would fill the disk, on which the store may stand as well.
    ///
    /// - Throws: `storeFailed`; what cannot be reckoned is left to the disk.
    func refuse(overfilling plan: PlanSummary) throws(CommandFailure) {
        let place = isNew ? URL(filePath: path).deletingLastPathComponent().path : path
        var disk = statvfs()
        guard unsafe statvfs(place, &disk) == 0, disk.f_blocks > 0 else { return }
        let (free, overflows) = Int(clamping: disk.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: disk.f_frsize))
        guard !overflows, plan.overfills(free) else { return }
        throw CommandFailure(
            .storeFailed,
            "--rehearse \(Plain.text(path)): its files take at least \(ByteText.of(plan.bytesAsFiles)), and "
                + "\(ByteText.of(free)) are free there; rehearse fewer people, or give a folder on a larger disk"
        )
    }

    // MARK: Filling

    /// Lets `body` fill it with a folder for each of `channels`; when that fails it stands as it stood before.
    ///
    /// A second signal ends the clearing as well.
    func fill<Result>(
        _ channels: [ChannelName], _ session: Session,
        with body: () async throws(CommandFailure) -> Result
    ) async throws(CommandFailure) -> Result {
        let hurry = { session.interruption?.isAskedAgain ?? false }
        let clearing = RehearsalClearing(path: path, output: session.output, isOver: hurry)
        try begin()
        guard clearing.clear([Self.previous], depth: 2) else {
            throw CommandFailure(.interrupted, "nothing was sent")
        }
        do throws(CommandFailure) {
            try putAside()
        } catch {
            bringBack()
            throw error
        }
        do throws(CommandFailure) {
            try write(marker: channels)
            let result = try await body()
            _ = clearing.clear([Self.previous], depth: 2)
            return result
        } catch {
            // What cannot be taken away is left for --replace: without its index it counts for nothing.
            guard clearing.clear(channels.map(\.rawValue) + [Self.index, Self.marker]) else {
                throw CommandFailure(
                    error.exit,
                    lines: error.lines + [
                        Plain.text(
                            "what is left in \(path) is no rehearsal: --replace clears it", limit: 1000)
                    ])
            }
            bringBack()
            throw error
        }
    }

    private func begin() throws(CommandFailure) {
        guard unsafe mkdir(path, 0o700) != 0 else { return }
        guard errno == EEXIST, unsafe chmod(path, 0o700) == 0 else { throw Self.failed(path, errno) }
    }

    private func putAside() throws(CommandFailure) {
        let names = earlier.filter { $0 != Self.previous }
        if names.isEmpty { return }
        guard unsafe mkdir("\(path)/\(Self.previous)", 0o700) == 0 else { throw Self.failed(path, errno) }
        for name in names {
            guard unsafe rename("\(path)/\(name)", "\(path)/\(Self.previous)/\(name)") == 0 else {
                throw Self.failed(path, errno)
            }
        }
    }

    private func write(marker channels: [ChannelName]) throws(CommandFailure) {
        let text = channels.map { "\($0)\n" }.joined()
        let isMade = FileManager.default.createFile(
            atPath: "\(path)/\(Self.marker)", contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw Self.failed(path, errno) }
    }

    /// Puts what was put aside where it stood.
    private func bringBack() {
        for name in earlier {
            unsafe rename("\(path)/\(Self.previous)/\(name)", "\(path)/\(name)")
        }
        // Only what is empty: nothing that could not be put back is lost.
        unsafe rmdir("\(path)/\(Self.previous)")
        if isNew { unsafe rmdir(path) }
    }

    private static func failed(_ path: String, _ reason: Int32) -> CommandFailure {
        let why =
            switch reason {
            case ENOENT, ENOTDIR: "there is no folder above it"
            case EACCES, EPERM, EROFS: "nothing may be written there"
            case ENOSPC, EDQUOT: "the disk is full"
            default: "system error \(reason)"
            }
        let exit: ExitCode = [ENOENT, ENOTDIR].contains(reason) ? .notFound : .storeFailed
        return CommandFailure(exit, "--rehearse \(Plain.text(path)): cannot be made: \(why)")
    }
}

import Glibc

extension Output {
    /// Asks on standard error and reads one line; nil at the end of the input, or as soon as `isInterrupted` says so.
    func ask(_ question: String, until isInterrupted: () -> Bool = { false }) -> String? {
        prompt(question)
        var line: [UInt8] = []
        while !isInterrupted() {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&input, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        prompt("\n")
        return nil
    }

    /// Asks `question`, to be answered with yes or no; `saysYes` answers it beforehand.
    ///
    /// - Returns: false for everything but yes; it has been said then that nothing was changed.
    /// - Throws: `usage` where there is nobody to ask.
    func confirms(_ question: String, saysYes: Bool) throws(CommandFailure) -> Bool {
        if saysYes { return true }
        guard canAsk else {
            throw CommandFailure(
                .usage, "\(question) Nobody can be asked here: give --yes", "nothing was changed")
        }
        let answer = ask("\(question) [y/N] ") ?? ""
        if ["y", "yes"].contains(answer.lowercased()) { return true }
        say("nothing was changed")
        return false
    }
}

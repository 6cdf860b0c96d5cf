extension Output {
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

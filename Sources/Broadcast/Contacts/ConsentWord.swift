/// What people write where the channels that somebody agreed to belong.
enum ConsentWord {
    private static let yes: Set<String> = [
        "si", "sì", "s", "yes", "y", "true", "vero", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "sim", "ok",
        "x",
        "1",
    ]
    private static let no: Set<String> = [
        "no", "n", "false", "falso", "nein", "falsch", "non", "faux", "nao", "não", "0",
    ]

    /// What to write instead of `entry`, which `problem` says is no channel.
    static func problem(_ entry: String, _ problem: ValueProblem) -> ValueProblem {
        let word = entry.lowercased()
        if yes.contains(word) {
            return ValueProblem(
                problem.code, "does not say on which channels",
                expected: "all, or the channels agreed to, such as email;sms", nearest: "all")
        }
        if no.contains(word) {
            return ValueProblem(problem.code, "is no channel", expected: "none", nearest: "none")
        }
        return ValueProblem(
            problem.code, problem.reason, expected: "all, none, or " + problem.expected,
            nearest: problem.nearest)
    }
}

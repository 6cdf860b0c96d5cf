import Dispatching

extension Commands {
    /// Says what is well and what is not, before anything is sent.
    static let check = CommandSpec(
        path: ["check"], summary: "Examine configuration, secrets, templates and store; send nothing",
        options: [.flag("online", "greet every channel too, without sending")],
        details: [
            "Of templates that can be sent it says what could be better, in every language and form: links, subjects, "
                + "images, what an SMS costs. Those are warnings.",
            "Every problem is told at once. Exit codes: 0 all well, or warnings only; 78 configuration; 65 "
                + "templates; 2 or 66 the store; with --online 1 when some channels do not answer, 69 when every one fails.",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        var checkup = Checkup(session)
        try await checkup.conduct(isOnline: invocation.isSet("online"))
        if session.output.isJSON {
            session.output.result(json: checkup)
        } else {
            session.output.result(checkup.text)
        }
        session.output.say(checkup.summary)
        return checkup.exit
    }
}

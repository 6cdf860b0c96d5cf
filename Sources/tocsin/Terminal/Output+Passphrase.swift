import Glibc

extension Output {
    /// Asks for a passphrase without showing what is typed; nil where nobody can be asked, or nothing was typed.
    func askPassphrase(_ question: String) -> String? {
        guard canAsk else { return nil }
        var usual = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &usual) == 0 else { return nil }
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO)
        // Ctrl-C must not leave a terminal behind that shows nothing.
        silent.c_lflag &= ~tcflag_t(ISIG)
        guard unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &silent) == 0 else { return nil }
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &usual)
            prompt("\n")
        }
        let answer = ask(question)
        // With the signals off, Ctrl-C comes as a character.
        guard let answer, !answer.isEmpty, !answer.contains("\u{3}") else { return nil }
        return answer
    }
}

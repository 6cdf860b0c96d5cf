import Glibc
import Synchronization

extension Output {
    /// Asks for a passphrase without showing what is typed; nil where nobody can be asked, or nothing was typed.
    ///
    /// A signal does what it always does, once the terminal shows again what is typed; who goes on is asked anew.
    func askPassphrase(_ question: String) -> String? {
        guard canAsk else { return nil }
        while true {
            let heard = HeardSignal()
            var usual = termios()
            guard unsafe tcgetattr(STDIN_FILENO, &usual) == 0 else { return nil }
            var silent = usual
            silent.c_lflag &= ~tcflag_t(ECHO)
            guard unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &silent) == 0 else { return nil }
            let answer = ask(question, until: { heard.number != 0 })
            unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &usual)
            if heard.number == 0 {
                prompt("\n")
                return answer.flatMap { $0.isEmpty ? nil : $0 }
            }
            heard.pass()
        }
    }
}

/// The last signal that would have ended or stopped the process while this object lives.
private final class HeardSignal {
    private static let last = Atomic<Int32>(0)
    private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
    private let usual: [(@convention(c) (Int32) -> Void)?]

    init() {
        Self.last.store(0, ordering: .relaxed)
        usual = Self.numbers.map { number in
            signal(number) { HeardSignal.last.store($0, ordering: .relaxed) }
        }
    }

    /// Zero for none.
    var number: Int32 { Self.last.load(ordering: .relaxed) }

    /// Lets the signal do what it would have done.
    func pass() {
        restore()
        raise(number)
    }

    private func restore() {
        for (number, handler) in zip(Self.numbers, usual) { signal(number, handler) }
    }

    deinit { restore() }
}

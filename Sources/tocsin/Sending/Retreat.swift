import Broadcast
import Glibc
import Storage

/// While an announcement is planned and asked about: the first signal takes it back and ends the program.
///
/// Nothing has left then, and nothing of it stays in the store.
struct Retreat {
    private let signals: Signals

    /// Watches for signals until ``end()``.
    init(_ id: Announcement.ID, _ store: Store, _ output: Output) {
        signals = Signals {
            // Unstructured, because a signal comes from no task.
            Task {
                do throws(StoreError) {
                    try await store.withdraw(id)
                    output.say("\ninterrupted; nothing was sent")
                } catch {
                    output.say("\ninterrupted; tocsin report \(id) says how far it came")
                }
                exit(ExitCode.interrupted.rawValue)
            }
        }
    }

    /// Leaves signals to others again.
    func end() { signals.end() }
}

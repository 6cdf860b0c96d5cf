import CCurl
import Glibc
import Synchronization
import Wire

/// What other threads ask of the loop.
enum Command: Sendable {
    case start(Pending)
    case cancel(Ticket)
    case stop(CheckedContinuation<Void, Never>?)
}

/// The libcurl thread as an executor: one inbox under one lock, one wakeup per batch.
final class LoopExecutor: TaskExecutor, SerialExecutor {
    /// What came in since the loop last looked.
    struct Batch {
        var commands: [Command] = []
        var jobs: [UnownedJob] = []

        var isEmpty: Bool { commands.isEmpty && jobs.isEmpty }
    }

    private struct Inbox {
        var batch = Batch()
        var isAsleep = false
        var isClosed = false

        /// Whether the loop has to be woken for what was just put in; only the first one does so.
        mutating func needsWakeup() -> Bool {
            defer { isAsleep = false }
            return isAsleep
        }
    }

    /// Readable when the loop is to be woken.
    let wakeup: Int32
    /// What the loop sleeps on; made here, where it can still be said that there is none.
    let epoll: Int32
    private let inbox = Mutex(Inbox())

    init() throws(TransportFailure) {
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard wakeup >= 0, epoll >= 0 else {
            throw TransportFailure(
                .transportBroken, handedOver: .no, "no file descriptor left for the transport")
        }
    }

    deinit {
        Glibc.close(wakeup)
        Glibc.close(epoll)
    }

    /// Runs `job` on the loop thread; once that has ended, wherever Swift runs jobs.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isTaken, needsWakeup) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, false) }
            inbox.batch.jobs.append(job)
            return (true, inbox.needsWakeup())
        }
        if !isTaken { globalConcurrentExecutor.enqueue(job) }
        if needsWakeup { wake() }
    }

    /// False once the loop takes nothing any more.
    @discardableResult func submit(_ command: Command) -> Bool {
        let (isTaken, needsWakeup) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, false) }
            inbox.batch.commands.append(command)
            return (true, inbox.needsWakeup())
        }
        if needsWakeup { wake() }
        return isTaken
    }

    /// For the loop only: everything that waits.
    func take() -> Batch {
        inbox.withLock { inbox in
            inbox.isAsleep = false
            let batch = inbox.batch
            inbox.batch = Batch()
            return batch
        }
    }

    /// For the loop only: whether it may sleep; whoever comes from now on wakes it.
    func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.batch.isEmpty
            return inbox.isAsleep
        }
    }

    /// For the loop only: takes nothing from now on, and hands out what is left.
    func close() -> Batch {
        inbox.withLock { inbox in
            inbox.isClosed = true
            let batch = inbox.batch
            inbox.batch = Batch()
            return batch
        }
    }

    /// For the loop only.
    func run(_ job: UnownedJob) {
        unsafe job.runSynchronously(
            isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }

    private func wake() {
        var one: UInt64 = 1
        // It can fail only when the counter is full, and then the loop wakes anyway.
        _ = unsafe write(wakeup, &one, MemoryLayout<UInt64>.size)
    }
}

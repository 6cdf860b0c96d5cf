public import Broadcast
public import Storage

/// Who is told what a dispatcher does, as it happens.
public protocol DispatchListener: Sendable {
    /// What a dead dispatcher left in doubt has been taken over.
    func recovered(_ recovery: Recovery) async
    /// A group of outcomes has been committed.
    func settled(_ settled: Settled, _ outcomes: [Outcome]) async
    /// A channel went down by our own evidence, is down for another reason, or is up again.
    func healthChanged(_ note: HealthNote) async
    /// A person or outside word holds a channel for down, or, when `mark` is nil, does so no longer.
    func markChanged(_ channel: ChannelName, _ mark: Mark?) async
    /// The clock on the wall was set, forward or, below zero, back; what waits has been moved with it.
    func clockSet(by step: Duration) async
    /// Nothing keeps it but what is on the wire of slow `channels`; the others go on meanwhile.
    func finishing(_ channels: [ChannelName]) async
    /// Something was halted, and why: one line for people.
    func halted(_ line: String) async
}

extension Sequence<ChannelFacts> {
    /// Those of `chosen` (nil: all) over which nothing may leave that was accepted after these channels were read.
    ///
    /// `accepted` are the settings that whoever accepted it had read: a channel that is not among these, is set otherwise
    /// here or lacks its secret here is known better there.
    public func beyond(
        among accepted: [ChannelName: String], chosen: [ChannelName]?
    ) -> Set<ChannelName> {
        let usable = filter { $0.missing == nil && accepted[$0.name] == $0.settings }.map(\.name)
        return Set(accepted.keys).intersection(chosen ?? Array(accepted.keys)).subtracting(usable)
    }
}

extension PlanSummary {
    /// Bytes of a block, of which file systems give a file whole ones.
    private static let block = 4_096

    /// Bytes of a disk that its messages take at least, each as a file with all that goes along; a mail has two blocks.
    public var bytesAsFiles: Int {
        channels.reduce(0) { sum, channel in
            let blocks = channel.facts.traits.form == .email ? 2 : 1
            return sum + channel.fileBytes + channel.queued * blocks * Self.block
        }
    }

    /// Whether its messages, as files, would leave less than a tenth of `free` bytes: somebody sends on that disk too.
    public func overfills(_ free: Int) -> Bool { bytesAsFiles > free / 10 * 9 }
}

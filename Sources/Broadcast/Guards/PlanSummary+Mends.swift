extension PlanSummary {
    /// The public places that would be told though nobody is of whom it was meant for; empty where they stand for nobody.
    ///
    /// Who selects people means to reach them. What ends an announcement goes to the places that were told of it, and a
    /// secret that is missing was agreed to.
    var placesInsteadOfPeople: [ChannelName] {
        let ways = chosen.filter { !$0.isPublic }
        guard closing == nil, ways.contains(where: { $0.planned > 0 && !$0.isLacking }) else { return [] }
        return chosen.filter { $0.isPublic && $0.queued > 0 }.map(\.facts.name)
    }

    /// How those places are told all the same.
    func wayOfPlaces(_ places: [ChannelName]) -> String {
        places.isEmpty ? "" : "; \(choice(of: places)) tells the public alone"
    }

    /// The words that choose `places` alone.
    func choice(of places: [ChannelName]) -> String {
        SendRails.choice(of: places, inPublic: true, isForAll: isForAll)
    }

    /// What lets a message be made for `channel`, up to the word before another way: of a mail only files are too large.
    func mend(of channel: ChannelPlan) -> String {
        guard channel.facts.traits.form == .email, channel.unmade[.tooLong] != nil, !attachments.isEmpty
        else {
            return "change its text, or"
        }
        var rest = attachments.values.reduce(0) { $0 + $1.size }
        var list: [String] = []
        for (path, file) in attachments.sorted(by: { ($1.value.size, $0.key) < ($0.value.size, $1.key) }) {
            // Base64 makes four bytes of three.
            guard list.isEmpty || rest / 3 * 4 > channel.facts.traits.limits.bytes ?? .max else { break }
            list.append("\(path) (\(ByteText.of(file.size)))")
            rest -= file.size
        }
        return "make \(list.joined(separator: ", ")) smaller, link to \(list.count == 1 ? "it" : "them"), or"
    }
}

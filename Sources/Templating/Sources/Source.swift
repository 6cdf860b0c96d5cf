/// One source, ready to be read: UTF-8 without a byte order mark, lines ended by LF.
struct Source: Sendable {
    /// Relative to the templates directory.
    let file: String
    let text: [UInt8]

    /// Takes the mark away and turns CRLF and lone CR into LF.
    init(file: String, _ text: String) {
        self.file = file
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        guard rest.contains(UInt8(ascii: "\r")) else {
            self.text = Array(rest)
            return
        }
        var clean: [UInt8] = []
        clean.reserveCapacity(rest.count)
        for index in rest.indices {
            if rest[index] != UInt8(ascii: "\r") {
                clean.append(rest[index])
            } else if index + 1 == rest.endIndex || rest[index + 1] != UInt8(ascii: "\n") {
                clean.append(UInt8(ascii: "\n"))
            }
        }
        self.text = clean
    }
}

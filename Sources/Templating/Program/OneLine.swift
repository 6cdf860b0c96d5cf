extension [UInt8] {
    /// With one blank for each run of blanks, tabs and line ends.
    var inOneLine: [UInt8] {
        let isRun = { (index: Int) in
            self[index].isASCIIBlank && (self[index] != 0x20 || index > 0 && self[index - 1].isASCIIBlank)
        }
        guard indices.contains(where: isRun) else { return self }
        var line: [UInt8] = []
        line.reserveCapacity(count)
        var isAfterBlank = false
        for byte in self {
            let isBlank = byte.isASCIIBlank
            if !isBlank || !isAfterBlank { line.append(isBlank ? 0x20 : byte) }
            isAfterBlank = isBlank
        }
        return line
    }

    /// Without what a value leaves that is empty for this reader.
    var withoutBlanksAround: [UInt8] {
        guard first?.isASCIIBlank == true || last?.isASCIIBlank == true else { return self }
        return Array(drop(while: \.isASCIIBlank).reversed().drop(while: \.isASCIIBlank).reversed())
    }
}

extension UInt8 {
    /// A blank, a tab or a line end.
    var isASCIIBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

import Glibc

/// How many columns there are where words go.
enum Screen {
    /// Of standard output; nil when it is a file or a pipe: whatever reads it wants everything.
    static var ofResults: Int? { columns(of: STDOUT_FILENO) }
    /// Of standard error; nil likewise.
    static var ofWords: Int? { columns(of: STDERR_FILENO) }

    /// Fewer are not read any more.
    private static let fewest = 40

    private static func columns(of file: Int32) -> Int? {
        guard isatty(file) == 1 else { return nil }
        var size = winsize()
        guard unsafe ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return Paragraph.width
        }
        return max(fewest, Int(size.ws_col))
    }
}

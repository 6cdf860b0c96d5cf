/// Every command there is.
enum Commands {
    /// In the order `--help` lists them.
    static let all: [CommandSpec] = [pause, stop, cancel]
}

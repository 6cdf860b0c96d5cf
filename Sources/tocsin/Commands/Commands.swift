/// Every command there is.
enum Commands {
    /// In the order `--help` lists them.
    static let all: [CommandSpec] =
        [initialise, check, templates] + contacts + channels + [send, report, pause, resume, cancel, stop]
        + copies
}

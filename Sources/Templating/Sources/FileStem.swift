import Broadcast

/// The name of a partial, or of a template: safe as a part of a path.
struct FileStem: ShortName {
    let rawValue: String

    init(valid rawValue: String) { self.rawValue = rawValue }
}

import Foundation

/// A kind of file that is made here, known by how it begins: nothing else ever gives way to one.
enum MadeFile: String {
    /// A preview to be approved.
    case page
    /// A proof of what was sent.
    case proof
    /// People as CSV.
    case list

    private var beginning: String {
        switch self {
        case .page: PreviewPage.beginning
        case .proof: #"{"acceptedAt":"#
        case .list: "id,name,"
        }
    }

    /// Whether the file at `path` is one, or empty.
    func isOne(_ path: String) -> Bool {
        let expected = Array(beginning.utf8)
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: expected.count) ?? Data()
        else { return false }
        return bytes.isEmpty || bytes.elementsEqual(expected)
    }
}

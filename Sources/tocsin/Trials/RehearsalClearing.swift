import Foundation

/// Takes away what a rehearsal has written, a thousand files at a time: a million take minutes, and nobody has to wait.
struct RehearsalClearing {
    /// The folder of the rehearsal.
    let path: String
    let output: Output
    /// Whether somebody wants to go, and what is left may stay.
    let isOver: () -> Bool

    /// Takes away what is called so, and has folders of files `depth` below it; false when it was over before all was gone.
    func clear(_ names: [String], depth: Int = 1) -> Bool {
        let folders = names.flatMap { self.folders(in: $0, depth) }
        defer { output.endProgress() }
        for (number, folder) in folders.enumerated() {
            if isOver() { return false }
            output.progress("clearing: \(number * 100 / folders.count) %")
            remove(folder)
        }
        for name in names { remove(name) }
        return true
    }

    private func folders(in name: String, _ depth: Int) -> [String] {
        if depth == 0 { return [name] }
        let inside = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []
        return inside.sorted().flatMap { folders(in: "\(name)/\($0)", depth - 1) }
    }

    private func remove(_ name: String) {
        let path = "\(path)/\(name)"
        guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch { return }
    }
}

import Broadcast
import Foundation
import TestPeers

@testable import Templating

/// A templates directory with one template `t`, gone with its owner.
struct AttachmentFolder {
    let scratch: ScratchDirectory

    init(_ front: String, files: [String: [UInt8]] = [:], more: [String: String] = [:]) throws {
        scratch = try ScratchDirectory()
        try write("t/message.md", Array("---\nsubject: S\npurpose: service\n\(front)\n---\nText.\n".utf8))
        for (path, bytes) in files { try write("t/\(path)", bytes) }
        for (path, text) in more { try write(path, Array(text.utf8)) }
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: scratch.file(path))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func path(_ name: String) -> String { scratch.file(name) }

    func content(of template: String = "t") throws(TemplateProblems) -> FrozenContent {
        try TemplateFolder(scratch.path).load(template, variables: [:], sender: .sample)
    }

    /// Everything that keeps the template from being sent.
    func problems(of template: String = "t") -> [String] {
        do throws(TemplateProblems) {
            _ = try CompiledTemplate(try content(of: template))
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    func findings() throws -> [String] {
        try CompiledTemplate(try content()).findings(sms: nil).map(\.description)
    }
}

extension [UInt8] {
    static let pdf = Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0, 1]

    /// The head of a PNG, and `count` bytes behind it.
    static func png(_ width: Int, _ height: Int, count: Int = 40) -> [UInt8] {
        let size = [width, height].flatMap { [$0 >> 24 & 255, $0 >> 16 & 255, $0 >> 8 & 255, $0 & 255] }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + size.map { UInt8($0) } + [8, 2, 0, 0, 0] + (0..<count).map { UInt8($0 * 7 & 255) }
    }
}

import Foundation
import TestPeers
import Testing

@testable import Storage

struct ForeignFileTests {
    static let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04, 20, 0] + [UInt8](repeating: 0, count: 24)

    @Test(
        arguments: [
            (zip + Array("[Content_Types].xml".utf8), "is an Excel workbook: save it as CSV UTF-8 in Excel"),
            (zip + Array("xl/workbook.xml".utf8), "is an Excel workbook"),
            (
                zip + Array("mimetypeapplication/vnd.oasis.opendocument.spreadsheet".utf8),
                "is an OpenDocument"
            ),
            (zip + Array("customers.csv".utf8), "is a ZIP archive: unpack it"), (zip, "is a ZIP archive"),
            (Array(zip.prefix(4)), "is a ZIP archive"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], "is an old Excel workbook"),
            ([0x1F, 0x8B, 8, 0], "is compressed (gzip)"), (Array("%PDF-1.7\n".utf8), "is a PDF"),
        ] as [([UInt8], String)])
    func `a file that is no text is called by its name`(bytes: [UInt8], told: String) throws {
        let scratch = try ScratchDirectory()
        let path = scratch.file("clienti.csv")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ContactListError.self) { try CSVReader(try ListFile(path: path)) }
        #expect(error?.code == .malformed && error?.line == nil)
        #expect(error?.message.hasPrefix(told) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["PK,name\n1,Anna\n", "id,PK\n1,2\n", "%,id\n"])
    func `a list that only begins so is a list`(text: String) {
        #expect(ForeignFile.problem(Array(text.utf8)) == nil)
    }
}

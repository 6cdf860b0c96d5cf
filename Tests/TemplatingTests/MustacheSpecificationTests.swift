import Broadcast
import Foundation
import Testing

@testable import Templating

/// Runs the public specification's own files where `TOCSIN_MUSTACHE_SPEC` names their folder.
struct MustacheSpecificationTests {
    /// The modules without which an engine is no Mustache engine, and inheritance.
    private static let modules = [
        "comments", "delimiters", "interpolation", "inverted", "partials", "sections", "~inheritance",
    ]

    @Test(arguments: modules)
    func `every case of a module gives the expected text`(module: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["TOCSIN_MUSTACHE_SPEC"] else { return }
        let bytes = try Data(contentsOf: URL(filePath: folder).appending(path: "\(module).json"))
        let file = try JSONValue(parsing: Array(bytes))
        guard case .object(let members) = file, case .array(let cases)? = members["tests"] else {
            Issue.record("no tests in \(module).json")
            return
        }
        #expect(cases.count >= 12)
        for test in cases {
            guard case .object(let members) = test else {
                Issue.record("a case of \(module) is no object")
                continue
            }
            try check(members, module)
        }
        print("Mustache specification, \(module): \(cases.count) cases")
    }

    private func check(_ test: [String: JSONValue], _ module: String) throws {
        guard case .string(let name)? = test["name"], case .string(let template)? = test["template"],
            case .string(let expected)? = test["expected"], let data = test["data"]
        else {
            Issue.record("a case of \(module) is incomplete")
            return
        }
        var partials: [String: String] = [:]
        if case .object(let members)? = test["partials"] {
            for case (let key, .string(let text)) in members { partials[key] = text }
        }
        let rendered = try MustacheEngine.render(template, data, partials: partials)
        #expect(rendered == expected, "\(module): \(name)")
    }
}

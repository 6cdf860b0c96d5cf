import Broadcast
import Testing

struct JSONValueTests {
    @Test(arguments: [
        ("{}", "{}"), ("[]", "[]"), (#""x""#, #""x""#), ("null", "null"),
        (#" { "b" : 1 , "a" : [ true , false , null ] } "#, #"{"a":[true,false,null],"b":1}"#),
        ("[9007199254740993, -9223372036854775808]", "[9007199254740993,-9223372036854775808]"),
        ("[0.045, 1.5, -0.25]", "[0.045,1.5,-0.25]"),
        ("[123456789012345678901234567890]", "[123456789012345678901234567890]"),
        (#"["\u00e8\n\t\"\\\/"]"#, #"["è\n\t\"\\/"]"#), (#"["\u0001"]"#, #"["\u0001"]"#),
        ("\u{FEFF}[1]", "[1]"), (#"{"é":"👋"}"#, #"{"é":"👋"}"#),
    ])
    func `trees are read exactly and written with sorted keys`(text: String, written: String) throws {
        let tree = try JSONValue(parsing: Array(text.utf8))
        #expect(String(decoding: tree.compact, as: UTF8.self) == written)
        #expect(try JSONValue(parsing: tree.compact) == tree)
        #expect(try JSONValue(parsing: Array(tree.pretty.utf8)) == tree)
    }

    @Test(arguments: [
        "", "{", "[1,2", "[1,]", #"{"a":1,}"#, "{\"a\":1 , \n }", "[01]", "[+1]", "[.5]", "[NaN]", "nul",
        "[1] x",
        "{'a':1}", "[1 // c\n]", "[\"\u{01}\"]", #"["\ud800"]"#, "[1e400]",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [
        ("{\n  \"a\": 1,\n  \"b\": x\n}", 3, 8), ("{\"a\": 1,\n \"a\": 2}", 2, 2), ("[1,\n2,\n]", 3, 1),
    ])
    func `a problem says its line and column`(text: String, line: Int, column: Int) {
        let problem = #expect(throws: JSONProblem.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(problem?.line == line)
        #expect(problem?.column == column)
    }

    @Test func `a name that stands twice in one object is refused, in two objects it is not`() throws {
        let problem = #expect(throws: JSONProblem.self) {
            try JSONValue(parsing: Array(#"{"x":{"a":[{"a":1}],"a":2}}"#.utf8))
        }
        #expect(problem?.reason.contains("names a twice") == true)
        _ = try JSONValue(parsing: Array(#"{"a":{"a":{"a":"a"}},"b":[{"a":1},{"a":","}]}"#.utf8))
    }

    @Test func `nesting is read to 64 levels and no further`() throws {
        let nested = { (depth: Int) in Array(repeating: UInt8(ascii: "["), count: depth) }
        let closed = { (depth: Int) in nested(depth) + Array(repeating: UInt8(ascii: "]"), count: depth) }
        _ = try JSONValue(parsing: closed(64))
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: closed(65)) }
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: nested(500_000)) }
        _ = try JSONValue(parsing: Array("[\"\(String(repeating: "[", count: 100))\"]".utf8))
    }

    @Test func `size, encoding and the number of values are checked before parsing`() throws {
        let bytes = Array("[\"\(String(repeating: "x", count: 100))\"]".utf8)
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: bytes, maxBytes: 50) }
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: [0x5B, 0x22, 0xFF, 0x22, 0x5D]) }
        let list = Array(#"[1, {"a": ",[{"}, 3]"#.utf8)
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: list, maxValues: 4) }
        #expect(try JSONValue(parsing: list, maxValues: 5).elements.count == 3)
    }

    /// The examples of RFC 6901, section 5.
    @Test(arguments: [
        ("/foo/0", "bar"), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/m~0n", "8"), ("/ ", "7"),
    ])
    func `pointers find their place`(pointer: String, found: String) throws {
        let text = #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2," ":7,"m~n":8}"#
        let tree = try JSONValue(parsing: Array(text.utf8))
        let pointer = try #require(JSONPointer(pointer))
        #expect(tree.value(at: pointer)?.scalarText == found)
        #expect(JSONPointer(pointer.description) == pointer)
    }

    @Test(arguments: ["/foo/2", "/foo/01", "/foo/-", "/nope", "/foo/0/x", "/foo/99999999999999999999"])
    func `pointers to nothing find nothing`(pointer: String) throws {
        let tree = try JSONValue(parsing: Array(#"{"foo":["bar","baz"]}"#.utf8))
        #expect(tree.value(at: try #require(JSONPointer(pointer))) == nil)
    }

    @Test(arguments: ["foo", "/a~", "/a~2"]) func `texts that are no pointers are refused`(text: String) {
        #expect(JSONPointer(text) == nil)
    }
}

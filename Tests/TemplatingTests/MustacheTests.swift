import Broadcast
import Foundation
import Testing

@testable import Templating

/// One template, its data as JSON, its partials, and what comes out.
struct MustacheCase: Sendable, CustomTestStringConvertible {
    var template: String
    var data: String = "{}"
    var partials: [String: String] = [:]
    var expected: String

    var testDescription: String { template }

    init(_ template: String, _ data: String = "{}", _ expected: String, partials: [String: String] = [:]) {
        self.template = template
        self.data = data
        self.expected = expected
        self.partials = partials
    }
}

struct MustacheTests {
    private static let interpolation: [MustacheCase] = [
        .init("plain", "{}", "plain"),
        .init("", "{}", ""),
        .init("Hi {{name}}!", #"{"name": "Ada"}"#, "Hi Ada!"),
        .init("{{ name }}{{\tname\n}}", #"{"name": "Ada"}"#, "AdaAda"),
        .init("{{a}}", #"{"a": "<b> & \"c\" 'd'"}"#, "&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;"),
        .init("{{{a}}} {{&a}} {{& a }}", #"{"a": "<&>"}"#, "<&> <&> <&>"),
        .init(
            "{{n}} {{d}} {{t}} {{f}}", #"{"n": 85, "d": 1.21, "t": true, "f": false}"#, "85 1.21 true false"),
        .init("[{{missing}}]", "{}", "[]"),
        .init("[{{nothing}}]", #"{"nothing": null}"#, "[]"),
        .init("{{a.b.c}}", #"{"a": {"b": {"c": "deep"}}}"#, "deep"),
        .init("[{{a.b.c}}]", #"{"a": {"x": 1}, "c": "no"}"#, "[]"),
        .init("{{#a}}{{b.c}}{{/a}}", #"{"a": {"b": {}}, "b": {"c": "outer"}}"#, ""),
        .init("{{a}}", #"{"a": "{{b}}", "b": "again"}"#, "{{b}}"),
        .init("  {{a}}\n", #"{"a": "x"}"#, "  x\n"),
        .init("a } b }} c { d {", "{}", "a } b }} c { d {"),
        .init("{{a}}{{b}}", #"{"a": "1", "b": "2"}"#, "12"),
        .init("{{è}}", #"{"è": "accent"}"#, "accent"),
    ]

    private static let sections: [MustacheCase] = [
        .init("{{#a}}yes{{/a}}", #"{"a": true}"#, "yes"),
        .init("{{#a}}yes{{/a}}", #"{"a": false}"#, ""),
        .init("{{#a}}yes{{/a}}", #"{"a": ""}"#, ""),
        .init("{{#a}}yes{{/a}}", #"{"a": []}"#, ""),
        .init("{{#a}}yes{{/a}}", #"{"a": null}"#, ""),
        .init("{{#a}}yes{{/a}}", #"{"a": "text"}"#, "yes"),
        .init("{{#a}}[{{.}}]{{/a}}", #"{"a": [1, 2, 3]}"#, "[1][2][3]"),
        .init("{{#a}}{{x}}{{/a}}", #"{"a": {"x": "in"}, "x": "out"}"#, "in"),
        .init("{{#a}}{{x}}{{/a}}", #"{"a": {}, "x": "out"}"#, "out"),
        .init("{{#a}}{{#.}}{{.}}{{/.}};{{/a}}", #"{"a": [[1, 2], [3]]}"#, "12;3;"),
        .init("{{#a}}{{#b}}{{x}}{{y}}{{/b}}{{/a}}", #"{"a": {"x": 1}, "b": {"y": 2}}"#, "12"),
        .init("{{#a.b}}{{c}}{{/a.b}}", #"{"a": {"b": {"c": "x"}}}"#, "x"),
        .init("{{#a}}1{{#a}}2{{/a}}3{{/a}}", #"{"a": true}"#, "123"),
        .init("{{^a}}no{{/a}}", #"{"a": false}"#, "no"),
        .init("{{^a}}no{{/a}}", #"{"a": []}"#, "no"),
        .init("{{^a}}no{{/a}}", #"{"a": [1]}"#, ""),
        .init("{{^a}}no{{/a}}", "{}", "no"),
        .init("{{^a}}{{x}}{{/a}}{{#a}}{{x}}{{/a}}", #"{"a": {"x": 1}, "x": 2}"#, "1"),
        .init("{{# a }}x{{/ a }}", #"{"a": true}"#, "x"),
        .init("{{#a}}{{{.}}}{{/a}}", #"{"a": ["<", "&"]}"#, "<&"),
    ]

    private static let lines: [MustacheCase] = [
        .init("a\n{{#t}}\nb\n{{/t}}\nc\n", #"{"t": true}"#, "a\nb\nc\n"),
        .init("a\n  {{#t}}  \nb\n\t{{/t}}\t\nc", #"{"t": true}"#, "a\nb\nc"),
        .init("a\r\n{{#t}}\r\nb\r\n{{/t}}\r\nc", #"{"t": true}"#, "a\r\nb\r\nc"),
        .init("a\n{{^t}}\nb\n{{/t}}\nc", #"{"t": true}"#, "a\nc"),
        .init("{{#t}}\na{{/t}}\nb", #"{"t": true}"#, "a\nb"),
        .init("a\n  {{#t}}\nb\n  {{/t}}", #"{"t": true}"#, "a\nb\n"),
        .init("a {{#t}} b\n c {{/t}} d", #"{"t": true}"#, "a  b\n c  d"),
        .init(" {{#t}}x{{/t}} \n", #"{"t": true}"#, " x \n"),
        .init("a\n\n{{#t}}\n\nb\n\n{{/t}}\n\nc", #"{"t": true}"#, "a\n\n\nb\n\n\nc"),
        .init("a\n{{! gone }}\nb", "{}", "a\nb"),
        .init("a\n  {{!\n many\n lines }}  \nb", "{}", "a\nb"),
        .init("a {{! inline }}b", "{}", "a b"),
        .init("a {{! end }}\nb", "{}", "a \nb"),
        .init("  {{! only }}", "{}", ""),
        .init("{{! {{x}} }}", "{}", " }}"),
        .init("a\n{{=<% %>=}}\n<%x%>\n", #"{"x": 1}"#, "a\n1\n"),
        .init("{{=| |=}}|x|{{x}}", #"{"x": 1}"#, "1{{x}}"),
        .init("{{=<% %>=}}<%#t%>y<%/t%><%={{ }}=%>{{x}}", #"{"t": true, "x": 1}"#, "y1"),
        .init("{{= <%  %> =}}<%x%>", #"{"x": 1}"#, "1"),
        .init("{{=<% %>=}}<%&x%>{{{x}}}", #"{"x": "&"}"#, "&{{{x}}}"),
    ]

    private static let partials: [MustacheCase] = [
        .init("[{{>p}}]", #"{"x": 1}"#, "[<1>]", partials: ["p": "<{{x}}>"]),
        .init("[{{>none}}]", "{}", "[]"),
        .init("[{{> p }}]", "{}", "[in]", partials: ["p": "in"]),
        .init("{{>a}}", #"{"x": 1}"#, "(1)", partials: ["a": "({{>b}})", "b": "{{x}}"]),
        .init("  {{>p}}\nend", "{}", "  a\n  b\nend", partials: ["p": "a\nb\n"]),
        .init("  {{>p}}\n", #"{"x": "1\n2"}"#, "  a\n  1\n2\n", partials: ["p": "a\n{{{x}}}\n"]),
        .init("x {{>p}}\n", "{}", "x a\nb\n", partials: ["p": "a\nb"]),
        .init("\t{{>p}}", "{}", "\ta\n\tb", partials: ["p": "a\nb"]),
        .init(
            "{{>p}}", #"{"x": 1, "n": {"x": 2, "n": null}}"#, "1(2())",
            partials: ["p": "{{x}}({{#n}}{{>p}}{{/n}})"]),
        .init("{{=<% %>=}}<%>p%>", #"{"x": 1}"#, "1<%x%>", partials: ["p": "{{x}}<%x%>"]),
        .init("{{>p}}{{x}}", #"{"x": 1}"#, "11", partials: ["p": "{{=[ ]=}}[x]"]),
    ]

    @Test(arguments: interpolation + sections + lines + partials)
    func `a template gives its text`(sample: MustacheCase) throws {
        let data = try JSONValue(parsing: Array(sample.data.utf8))
        #expect(
            try MustacheEngine.render(sample.template, data, partials: sample.partials) == sample.expected)
    }

    @Test(arguments: [
        ("a\n{{b", 2, "never closed"), ("{{{b}}", 1, "never closed"), ("{{=<% %>", 1, "never closed"),
        ("{{! b", 1, "never closed"), ("a\n\n{{#b}}\nc", 3, "{{#b}} is never closed"),
        ("{{^b}}", 1, "{{^b}} is never closed"), ("{{#a}}\n{{#b}}\n{{/a}}", 3, "wants {{/b}}"),
        ("\n{{/a}}", 2, "never opened"), ("{{}}", 1, "a name expected"), ("{{ }}", 1, "a name expected"),
        ("{{a b}}", 1, "a name expected"), ("{{a..b}}", 1, "a name expected"),
        ("{{.a}}", 1, "a name expected"),
        ("{{#}}{{/}}", 1, "a name expected"), ("{{=<%=}}", 1, "two delimiters"),
        ("{{==}}", 1, "two delimiters"),
        ("{{= a=b c =}}", 1, "two delimiters"), ("{{*a}}", 1, "not supported"),
        (String(repeating: "{{#a}}", count: 70), 1, "deeper than 64"), ("{{{{a}}}}", 1, "a name expected"),
    ])
    func `bad syntax is named with its line`(template: String, line: Int, what: String) throws {
        let problem = try #require(throws: TemplateProblem.self) {
            try MustacheParser.nodes(of: Array(template.utf8), file: "f.md")
        }
        #expect(problem.line == line)
        #expect(problem.what.contains(what), "\(problem)")
        #expect(problem.description.hasPrefix("f.md:\(line): "))
    }

    @Test(arguments: 1...400)
    func `no scramble of tags stops the program`(seed: UInt64) throws {
        let pieces = [
            "{{", "}}", "{{{", "}}}", "{{#a}}", "{{/a}}", "{{^a}}", "{{>p}}", "{{!", "{{=", "=}}", "<% %>",
            "{{&a}}", "{{<p}}", "{{/p}}", "{{$a}}", "{{<a}}", "{{$p}}",
            "a", "\n", " ", "\r\n", "é", "\u{0}", "{", "}", "=", "#", "/", "{{.}}", "{{a.b}}", "😀",
        ]
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var template = ""
        for _ in 0..<24 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            template += pieces[Int((state >> 33) % UInt64(pieces.count))]
        }
        let data = JSONValue.object(["a": .array([.string("x"), .object(["b": .number("1")])])])
        do {
            let text = try MustacheEngine.render(
                template, data, partials: ["p": "{{a}}{{$a}}  {{$p}}x{{/p}}{{/a}}"])
            #expect(text.utf8.count <= template.utf8.count * 100)
        } catch let problem as TemplateProblem {
            #expect(problem.code == .tagInvalid)
        }
    }
}

import Broadcast
import Foundation
import Testing

@testable import Templating

/// What authors get to read when the front matter of a message is wrong.
struct FrontMatterProblemTests {
    /// Front matter, and what its one problem says.
    @Test(arguments: [
        ("subjct: x\nsubject: y\n", "t/message.md:3: there is no key subjct", "did you mean subject?"),
        ("subject: x\nprioritty: urgent\n", "there is no key prioritty", "did you mean priority?"),
        (
            "subject: x\npriority: urgnt\n", "t/message.md:4: priority is urgent or normal or bulk",
            "did you mean urgent?"
        ),
        ("subject: x\nreach: all\n", "reach is every or first, not “all”", ""),
        ("subject: x\nonce: [address]\n", "once must be a text", ""),
        ("subject: ''\n", "t/message.md:3: subject is empty", ""),
        ("subject: \"a\\r\\nBcc: x@y\"\n", "subject must be one line without control characters", ""),
        ("subject: |\n  one\n  two\n", "subject must be one line", ""),
        ("subject: \"a\\u202Eb\"\n", "subject must be one line without control", ""),
        ("subject: \"{{#no}}\"\n", "t/message.md:3: section {{#no}} is never closed", ""),
        ("subject: \"{{who}}\"\n", "t/message.md:3: there is no who", ""),
        ("subject: [a]\n", "subject must be a text", ""),
        ("subject: x\nsms: ''\n", "sms is empty", ""),
        ("subject: x\nsms: '{{whom}}'\n", "t/message.md:4: there is no whom", ""),
        (
            "subject: x\nexpires: soon\n",
            "expires must be a duration of at least 1s, such as 30s, 5m, 2h or 3d", ""
        ),
        ("subject: x\nexpires: 0s\n", "expires must be a duration", ""),
        ("subject: x\nexpires: 999ms\n", "expires must be a duration of at least 1s", ""),
        ("subject: x\nexpires: -1h\n", "expires must", ""),
        ("subject: x\nexpires: 1.5h\n", "expires must", ""),
        ("subject: x\nexpires: 99999999999d\n", "expires must", ""),
        ("subject: x\nchannels: email\n", "channels must be a list", ""),
        ("subject: x\nchannels: []\n", "channels must", ""),
        ("subject: x\nchannels: [email, email]\n", "each once", ""),
        ("subject: x\nchannels: [../x]\n", "channels must", ""),
        ("subject: x\nreplyTo: nobody\n", "replyTo has no @", ""),
        ("subject: x\nreplyTo: \"a@b\\r\\nBcc: c@d\"\n", "replyTo must be one line", ""),
        ("subject: x\nlocale: english language\n", "locale must be a language tag", ""),
        ("subject: x\nvariables: [a]\n", "variables must be", ""),
        ("subject: x\nvariables: {contact: x}\n", "cannot name a variable", ""),
        ("subject: x\nvariables: {a-b: x}\n", "cannot name a variable", ""),
        ("subject: x\nvariables: {html: x}\n", "cannot name", ""),
        (
            "subject: x\nvariables: {a: {defalt: x, default: y}}\n", "description and default",
            "did you mean default?"
        ),
        ("subject: ~\n", "t/message.md:3: subject is empty", ""),
        ("subject: x\nvariables: {a: [x]}\n", "a must be a description", ""),
        ("subject: x\nsubject: y\n", "t/message.md:4: key subject stands twice", ""),
        ("subject: &x y\nsms: *x\n", "anchors and aliases are not allowed", ""),
        ("subject: x\nvariables: {a: &a [x, x], b: [*a, *a], c: [*b, *b]}\n", "anchors and aliases", ""),
        ("subject: \"x\n", "not valid YAML", ""), ("subject: x\n\tsms: y\n", "not valid YAML", ""),
        ("subject: x: y\n", "not valid YAML", ""),
        ("subject: x\nvariables:\n\tv: When\n", "(a tab? set in with blanks instead)", ""),
        ("subject: x\nvariables: [[[[[[[[[[[[x]]]]]]]]]]]]\n", "YAML nests deeper than 8", ""),
        ("subject: x\n? [a, b]\n: c\n", "a plain key expected", ""),
        (
            "subject: Ticket #12 is solved\n",
            "t/message.md:3: subject ends at the #, behind which YAML takes everything for a comment; put the text in",
            ""
        ),
        ("subject: #12 is solved\n", "t/message.md:3: subject ends at the #", ""),
        ("subject: Überall läuft’s\t# wieder\n", "t/message.md:3: subject ends at the #", ""),
        ("subject: one\n  line #2 of it\n", "t/message.md:4: subject ends at the #", ""),
        ("subject: x\nsms: Call desk #3 or 555\n", "t/message.md:4: sms ends at the #", ""),
        ("subject: x\nvariables:\n  a: Ticket, such as #12\n", "t/message.md:5: a ends at the #", ""),
        ("subject: x\nvariables:\n  a:\n    default: the #1\n", "message.md:6: default ends at the #", ""),
        ("subject: x\nsms: Call desk\n  #3 or 555\n", "t/message.md:5: sms ends at the #", ""),
        ("subject: x\nsms:\n  #3 or 555\n", "t/message.md:4: sms is empty", ""),
        ("subject: x\nvariables:\n  a: Such as\n    #12\n", "t/message.md:6: a ends at the #", ""),
        (
            "subject: x\nvariables: {a: {default: x\n#3\n}}\n", "t/message.md:5: default ends at the #", ""
        ),
        (
            "subject: x\nvariables:\n  a: {description: foo #3, default: b}\nreplyTo: a@b.example\n",
            "t/message.md:5: not valid YAML: behind the # everything is a comment",
            "put a text that holds # in double quotes, and a , between two entries"
        ),
        (
            "subject: x\nvariables: {\n  a: one # it\n  b: two }\n", "t/message.md:5: not valid",
            "and a , between"
        ),
        (
            "subject: x\nsms: Hello\n  you # x\n  there\n",
            "t/message.md:5: not valid YAML: behind the # everything is a comment, and a text does not go on",
            "put a text that holds # in double quotes, and a comment above the text"
        ),
        ("subject: x\nsms: Hello # x\n\n  there\n", "t/message.md:4: not valid YAML: behind the #", ""),
        ("subject: x\nvariables:\n  a: b # x\n    c\n", "t/message.md:5: not valid YAML: behind the #", ""),
        // Nothing that a comment has cut.
        ("subject: x\nsms: \"Hello\" # x\n  there\n", "t/message.md:5: not valid YAML: did not find", ""),
        ("subject: x\nvariables:\n  a: b # x\n c: d\n", "t/message.md:6: not valid YAML: did not find", ""),
        ("subject: x # it\nsms: y: z\n", "t/message.md:4: not valid YAML: mapping values", ""),
        (
            "subject: x\nvariables: {a: {\n  default: \"b\" #3 }}\nreplyTo: a@b.example\n",
            "t/message.md:5: not valid YAML: behind the # everything", ""
        ),
        ("subject: x\nvariables: {a: b\n  #3 }\n", "t/message.md:5: not valid YAML: behind the #", ""),
        ("subject: x\nchannels: [email, sms #2]\n", "t/message.md:4: not valid YAML: behind the #", ""),
        (
            "subject: x\nimage: { file: fair.png, alt: Stalls #3 }\n",
            "t/message.md:4: not valid YAML: behind the #", ""
        ),
        (
            "subject: x\nvariables: {a: b # it\n}\nchannels: [sms\nreplyTo: a@b.example\n",
            "t/message.md:6: not valid YAML: did not find expected ',' or ']' until line 7; close what { or [ opens",
            ""
        ),
        (
            "subject: x\nvariables: {a: {default: b: c}}\n",
            "t/message.md:4: not valid YAML: did not find expected ',' or '}'; close",
            "put the texts in it in"
        ),
        (
            "subject: {{contact.name}}, hi\n",
            "t/message.md:3: not valid YAML: did not find expected key; put the text behind subject: in double quotes",
            ""
        ),
        ("subject: Outage: now\n", "t/message.md:3: not valid", "put the text behind subject: in double"),
        ("subject: %50 off\n", "t/message.md:3: not valid", "put the text behind subject: in double quotes"),
        ("subject: @all\n", "t/message.md:3: not valid", "put the text behind subject: in double quotes"),
        ("subject: `now`\n", "t/message.md:3: not valid", "put the text behind subject: in double quotes"),
        ("subject: 'it's'\n", "t/message.md:3: not valid", "put the text behind subject: in double quotes"),
        (
            "subject: x\nsms: [a] b\n", "t/message.md:4: not valid",
            "put the text behind sms: in double quotes"
        ),
        ("subject: \"a \"b\" c\"\n", "t/message.md:3: not valid", "write \\\" for a quote within it"),
        ("subject: \"x\nsms: y\n", "t/message.md:3: not valid", "end the text behind subject: with \""),
        ("subject: {{name}}\n", "put a text that begins with { in double quotes", ""),
        ("subject: [URGENT]\n", "subject must be a text; put it in double quotes", ""),
        ("subject: !important x\n", "put a text that begins with ! in double quotes", ""),
        ("subject: *all* is well\n", "t/message.md:3: ", "in double quotes"),
    ])
    func `front matter with a fault is refused with its line`(
        front: String, expected: String, nearest: String
    ) {
        let text = "---\npurpose: service\n\(front)---\nBody"
        let found = problems(of: .sample("", files: ["t/message.md": text]), unset: .shown)
        #expect(
            found.contains { $0.contains(expected) && (nearest.isEmpty || $0.contains(nearest)) }, "\(found)")
    }

    @Test(arguments: [
        "subject: \"Ticket #12 is solved\" # for the desk", "subject: C# is back",
        "subject: |\n  Ticket #12 is solved", "subject: Well\npriority: urgent # wakes people",
        "subject: x\nreplyTo: help@acme.example # the desk", "# before\nsubject: x\n# behind",
        "subject: x\nvariables:\n  # what follows\n  a: A text",
        "subject: x\nvariables:\n  a: A text\n  # what follows\n  b: A text",
        "subject: x\nvariables: {a: A text} # it\n  # more of it",
        "subject: x\nchannels: [email, # first\n  sms] # then",
        "subject: x\nvariables:\n  a:\n    # when it ends\n  b: A text",
        "subject: x\nvariables:\n  a:\n    default:\n      # none",
        "subject: x\nsms: Hello\n\n\n   # nothing",
    ])
    func `comments may stand where they cut no words`(front: String) {
        let text = "---\npurpose: service\n\(front)\n---\nBody"
        #expect(problems(of: .sample("", files: ["t/message.md": text]), unset: .shown) == [])
    }

    @Test func `front matter of thousands of variables is refused`() {
        let variables = (0..<8_000).map { "  v\($0): {default: x}\n" }.joined()
        let text = "---\npurpose: service\nsubject: x\nvariables:\n\(variables)---\nBody"
        let found = problems(of: .sample("", files: ["t/message.md": text]), unset: .shown)
        #expect(found.contains { $0.contains("more than 20000 things") }, "\(found.prefix(3))")
    }

    @Test(arguments: [
        ("Body without front matter", "front matter expected"), ("", "front matter expected"),
        ("---\nsubject: x\npurpose: service\nBody", "front matter is never closed"),
        ("---\n---\nBody", "subject is missing"),
        ("---\nsubject: x\n---\nBody", "purpose is missing; service or marketing"),
        ("---\n- a\n---\nBody", "KEY: VALUE expected"),
        ("---\nsubject: x\npurpose: ads\n---\n", "purpose is service or marketing"),
    ])
    func `a message without what it needs is refused`(text: String, expected: String) {
        let found = problems(of: .sample("", files: ["t/message.md": text]))
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test(arguments: [
        ("{{v}}", "variables: {v: {default: ''}}\n", 1),
        ("{{contact.name}}", "variables: {contact.name: {default: ' '}}\n", 1),
        ("{{#contact.name}}x{{/contact.name}}", "", 1), ("{{! }} {{! }}", "", 1), ("{{contact.name}}", "", 0),
        ("{{^contact.name}}x{{/contact.name}}", "", 0),
    ])
    func `a subject that can be empty is refused`(subject: String, front: String, count: Int) {
        let found = problems(of: .sample("x", front: "subject: \"\(subject)\"\n" + front))
        #expect(
            found
                == Array(
                    repeating: "t/message.md:3: the subject is empty when a contact's values are",
                    count: count))
    }

    @Test(arguments: [
        "help", "a@b", "a b@acme.example", "a@acme.example, b@acme.example", "Acme <a@acme.example> x",
        "A <a@acme.example>, B <b@acme.example>",
        "a@-x.example",
        "a@acme.example>", "@acme.example",
    ])
    func `a reply address must be an address`(text: String) {
        let found = problems(of: .sample("x", front: "replyTo: \"\(text)\"\n"))
        #expect(found.count == 1 && found[0].hasPrefix("t/message.md:4: replyTo"), "\(found)")
        #expect(!found[0].contains("column"))
    }

    @Test(arguments: [
        ("Help@Büro.example", "Help@xn--bro-hoa.example"),
        ("Acme, Inc. <help@acme.example>", "\"Acme, Inc.\" <help@acme.example>"),
    ])
    func `a reply address is kept as relays want it, with its name`(text: String, kept: String) throws {
        let template = try CompiledTemplate(.sample("x", front: "replyTo: \(text)\n"))
        #expect(template.frontMatter.replyTo == kept)
    }
}

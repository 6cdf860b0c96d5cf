/// JSON text with its names, texts and other values in colours of their own.
enum ColouredJSON {
    /// Appends `json`, which stands as it is but for the colours, whatever it is.
    static func append(_ json: String, to page: inout Markup) {
        var rest = json[...]
        while let first = rest.first {
            if first == "\"" {
                let text = string(at: rest)
                rest = rest[text.endIndex...]
                let isName = rest.first { $0 != " " } == ":"
                page.element("span", ["class": isName ? "name" : "string"], text: String(text))
            } else if first.isLetter || first.isNumber || first == "-" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "+-.".contains($0) }
                rest = rest[word.endIndex...]
                page.element("span", ["class": "value"], text: String(word))
            } else {
                let marks = rest.prefix { !($0 == "\"" || $0.isLetter || $0.isNumber || $0 == "-") }
                rest = rest[marks.endIndex...]
                page.text(String(marks))
            }
        }
    }

    /// The string that begins at the beginning of `rest`, with its quotes; all of `rest` when it does not end.
    private static func string(at rest: Substring) -> Substring {
        var isEscaped = true
        for index in rest.indices {
            if rest[index] == "\"", !isEscaped { return rest[...index] }
            isEscaped = rest[index] == "\\" ? !isEscaped : false
        }
        return rest
    }
}

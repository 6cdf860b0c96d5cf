/// What of HTML can be shown without a network, and without harm.
///
/// Source: https://html.spec.whatwg.org/multipage/indices.html#elements-3,
/// https://html.spec.whatwg.org/multipage/obsolete.html (2026-11).
enum InertElements {
    static let names = words(
        """
        html head meta body a abbr acronym address article aside b bdi bdo big blockquote br caption center
        cite code col colgroup dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4
        h5 h6 header hgroup hr i img ins kbd li main mark menu nav nobr ol p pre q rp rt ruby s samp section
        small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
        """)

    static let void: Set<String> = ["br", "col", "hr", "img", "meta", "wbr"]

    /// Those that are left out with all that stands in them.
    static let foreign: Set<String> = ["svg", "math", "template", "select"]

    /// Those that whoever looks at the page is told of when they are left out.
    static let told: Set<String> = [
        "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link",
        "math", "object", "script", "select", "svg", "textarea", "video",
    ]

    /// Whether an attribute called `name` neither holds an address nor runs.
    static func holds(attribute name: String) -> Bool {
        let isARIA =
            name.hasPrefix("aria-") && name.utf8.dropFirst(5).allSatisfy { (0x61...0x7A).contains($0) }
        return isARIA || attributes.contains(name)
    }

    private static let attributes = words(
        """
        abbr align alt bgcolor border cellpadding cellspacing class clear color colspan compact datetime dir
        face frame headers height hidden hspace id lang noshade nowrap open role rowspan rules scope size
        span start summary title type valign value vspace width
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}

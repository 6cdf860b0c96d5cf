/// Addresses without Markdown's signs that are no links, since signs within them cut them.
enum CutAddressRules {
    /// What is told of one, as far as it is known.
    static func advice(_ address: String) -> Advice {
        let known = address.prefix { $0 != "{" }
        return Advice(
            .linkCut, .text(known.isEmpty ? address : String(known)),
            "“\(address.prefix(80))” is no link, since *, _ or ` cut it; write the whole address as <https://…>"
        )
    }
}

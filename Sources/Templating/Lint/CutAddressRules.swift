/// Addresses without Markdown's signs that are no links, since something that touches them cuts them.
enum CutAddressRules {
    /// What is told of one, as far as it is known.
    static func advice(_ cut: CutAddress) -> Advice {
        let address = cut.address
        let reason =
            switch cut.touch {
            case .sign: "*, _ or ` cut it"
            case .link: "a link or a picture touches it"
            }
        let known = address.prefix { $0 != "{" }
        return Advice(
            .linkCut, .text(known.isEmpty ? address : String(known)),
            "“\(address.prefix(80))” is no link, since \(reason); write the whole address as <https://…>"
        )
    }
}

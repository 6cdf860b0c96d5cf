import Broadcast

/// What makes a subject worse than it has to be.
enum SubjectRules {
    /// `text` is the subject with example values, `authored` what its author wrote of it.
    static func findings(_ text: String, authored: String, at place: Place) -> [TemplateProblem] {
        var findings: [TemplateProblem] = []
        let advised = ContentLimits.advisedSubject
        if text.count > advised {
            let what =
                "the subject has \(text.count) characters with example values; mail programs cut it off: "
                + "say the rest in the text, so that \(advised) are enough"
            findings.append(TemplateProblem(.subjectLong, place, what))
        }
        if shouts(authored) {
            let what = "the subject is all in capitals, as spam is: write it like a sentence"
            findings.append(TemplateProblem(.subjectShouting, place, what))
        }
        return findings
    }

    /// Two words or more, eight letters or more that have a case, and none of them small.
    ///
    /// Names such as `DNS` are no shouting. Source of the rule, less the names:
    /// https://github.com/apache/spamassassin/blob/trunk/lib/Mail/SpamAssassin/Plugin/HeaderEval.pm
    /// (`subject_is_all_caps`; 2026-11).
    private static func shouts(_ authored: String) -> Bool {
        let words = authored.split(whereSeparator: \.isWhitespace).filter { $0.contains(where: \.isLetter) }
        let letters = authored.filter { $0.isUppercase || $0.isLowercase }
        return words.count > 1 && letters.count >= 8 && letters.allSatisfy(\.isUppercase)
    }
}

/// A long number that a spreadsheet has shortened, such as `3,93331E+11`: its last digits are lost.
enum RoundedNumber {
    static let reason = "is a number that a spreadsheet has rounded"
    static let remedy = "all its digits: give the column the format Text and fill it anew"

    static func matches(_ text: String) -> Bool {
        // Nearly no value holds one, and the expression is slow.
        guard text.utf8.dropFirst().contains(UInt8(ascii: "+")) else { return false }
        return text.wholeMatch(of: /[+-]?[0-9]+([.,][0-9]+)?[Ee]\+[0-9]+/) != nil
    }
}

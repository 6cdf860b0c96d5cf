/// A word as it must be typed in a shell, for command lines that are shown to be copied.
public enum ShellWord {
    /// `text` itself where a shell takes it as it is, else in single quotes.
    public static func of(_ text: String) -> String {
        let isPlain = { (character: Character) in
            character.isLetter || character.isNumber || "_-./=:,@%+".contains(character)
        }
        if !text.isEmpty, text.allSatisfy(isPlain) { return text }
        return "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

/// What a link to an announcement's page says, in the language of the text.
enum PageWords {
    private static let words = [
        "ar": "اقرأ على الإنترنت", "cs": "Číst online", "da": "Læs online", "de": "Online lesen",
        "el": "Διαβάστε το online", "en": "Read this online", "es": "Leer en línea", "fi": "Lue verkossa",
        "fr": "Lire en ligne", "he": "קריאה באינטרנט", "hu": "Olvasás online", "it": "Leggi online",
        "ja": "オンラインで読む", "ko": "온라인으로 보기", "nb": "Les på nett", "nl": "Online lezen", "no": "Les på nett",
        "pl": "Czytaj online", "pt": "Ler online", "ro": "Citește online", "ru": "Читать онлайн",
        "sv": "Läs på webben", "tr": "Çevrimiçi oku", "uk": "Читати онлайн", "zh": "在线阅读", "zh-hant": "線上閱讀",
        "zh-hk": "線上閱讀", "zh-tw": "線上閱讀",
    ]

    /// The words of `locale`; nil where we know none.
    static func words(in locale: String) -> String? {
        LocaleTag(locale)?.chain.lazy.compactMap { words[$0] }.first
    }
}

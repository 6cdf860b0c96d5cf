/// The smallest coin of a currency, as a power of ten.
///
/// Source: ISO 4217, list one (2024-01),
/// https://www.six-group.com/dam/download/financial-information/data-center/iso-currency/lists/list-one.xml
enum MinorUnit {
    private static let without: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
        "XAF", "XOF", "XPF",
    ]
    private static let thousandths: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

    /// How many decimals an amount in `currency` has; two where nothing else is known.
    static func digits(of currency: String) -> Int {
        if without.contains(currency) { return 0 }
        return thousandths.contains(currency) ? 3 : 2
    }
}

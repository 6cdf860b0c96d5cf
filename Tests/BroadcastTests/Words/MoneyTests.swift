import Broadcast
import Foundation
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("60.2", "EUR", "60.20 EUR"), ("60", "EUR", "60.00 EUR"), ("0", "EUR", "0.00 EUR"),
        ("0.045", "EUR", "0.045 EUR"), ("0.0045", "EUR", "0.0045 EUR"), ("60.2045", "EUR", "60.2045 EUR"),
        ("45000", "USD", "45000.00 USD"), ("0.00000001", "EUR", "0.00000001 EUR"),
        ("12", "JPY", "12 JPY"), ("0.5", "JPY", "0.5 JPY"), ("1.5", "KWD", "1.500 KWD"),
        ("999999999999.99999999", "EUR", "999999999999.99999999 EUR"), ("1", "QQQ", "1.00 QQQ"),
    ])
    func `an amount has the digits of its currency's coins, and none is lost`(
        amount: String, currency: String, text: String
    ) throws {
        let money = try #require(Money(parsing: "\(amount) \(currency)"))
        #expect(money.description == text)
        #expect(Money(parsing: text) == money)
    }

    @Test func `a product of a price has no digits of its own to print`() throws {
        let price = try #require(Money(parsing: "0.0450 EUR"))
        #expect(price.description == "0.045 EUR")
        #expect(Money(price.amount * 4, "EUR").description == "0.18 EUR")
        #expect(Money(price.amount * 1_000_000, "EUR").description == "45000.00 EUR")
        #expect(Money(price.amount * 0, "JPY").description == "0 JPY")
    }
}

import Broadcast
import Channels
import Dispatching
import Templating

/// What comes of making one message.
enum Making {
    /// As it goes out.
    case made(FittedContent)
    /// A value is missing.
    case unfit
    /// Why, and in the words of the problem.
    case unmade(ChannelPlan.Unmade, RenderProblem)

    /// Makes what `edition` says to `contact`, nil for a public place, over `channel`, as a send does.
    init(_ edition: Edition, over channel: any Channel, for contact: Contact?) {
        do throws(RenderProblem) {
            self = .made(try edition.message(over: channel, for: contact))
        } catch {
            self = ChannelPlan.Unmade(rawValue: error.code.rawValue).map { .unmade($0, error) } ?? .unfit
        }
    }

    /// What is sent; nil when there is nothing.
    var message: FittedContent? {
        if case .made(let message) = self { message } else { nil }
    }

    /// The segments of a text message; nil elsewhere.
    var segments: Int? { message?.sms?.length.segments }

    /// How long it is in the measure of its form; 0 where there is none, or it cannot be longer than `longest`.
    func length(unless longest: Int) -> Int {
        guard let message else { return 0 }
        if let length = message.sms?.length { return length.segments * 10_000 + length.units }
        let content = message.content
        guard content.form == .telegram else {
            return content.title.count + content.text.count + content.html.count
        }
        // No text has more characters than bytes.
        return content.text.count > longest ? TelegramMarkup.length(of: content.text) : 0
    }
}

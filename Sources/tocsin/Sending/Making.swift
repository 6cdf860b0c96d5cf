import Broadcast
import Dispatching
import Templating

/// What comes of making one message.
enum Making {
    case made(RenderedContent)
    case sms(SMSLength)
    /// A value is missing.
    case unfit
    case unmade(ChannelPlan.Unmade)

    /// Makes what `edition` says to `contact`, nil for a public place, over the channel of `facts`.
    init(_ edition: Edition, over facts: ChannelFacts, for contact: Contact?) {
        do throws(RenderProblem) {
            let form = facts.traits.form
            let content = try edition.template.render(form, for: contact, announcement: edition.facts)
            guard form == .sms else {
                self = .made(content)
                return
            }
            let length = SMSLength(String(decoding: content.text, as: UTF8.self))
            self = length.segments > facts.traits.maxSegments ?? .max ? .unmade(.tooLong) : .sms(length)
        } catch {
            self = ChannelPlan.Unmade(rawValue: error.code.rawValue).map { .unmade($0) } ?? .unfit
        }
    }

    /// How long it is in the measure of its form; 0 where it cannot be longer than `longest`, nil where there is none.
    func length(unless longest: Int) -> Int? {
        switch self {
        case .unmade: return nil
        case .unfit: return 0
        case .sms(let length): return length.segments * 10_000 + length.units
        case .made(let content) where content.form == .telegram:
            // No text has more characters than bytes.
            return content.text.count > longest ? TelegramMarkup.length(of: content.text) : 0
        case .made(let content): return content.title.count + content.text.count + content.html.count
        }
    }
}

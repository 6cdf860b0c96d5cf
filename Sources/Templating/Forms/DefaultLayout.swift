/// The frame around a mail when the templates directory has no `layouts/email.html`.
enum DefaultLayout {
    static let html = """
        <!doctype html>
        <html lang="{{locale}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{subject}}</title>
        </head>
        <body style="margin:0 auto;max-width:600px;padding:24px;font-family:sans-serif;line-height:1.5">
        {{{content}}}
        </body>
        </html>

        """
}

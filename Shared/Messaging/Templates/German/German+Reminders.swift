extension German {
    static let enrollmentReminder = Template(
        subject: "{product}: Bitte hinterlegen Sie, woran der Helpdesk Sie erkennt",
        mail: """
            Wenn Sie den Helpdesk anrufen, weil Sie sich nicht anmelden können, muss er sicher sein, dass Sie es sind. Dazu \
            braucht er etwas, das Sie vorher hinterlegt haben.

            Hinterlegen können Sie: {types}.

            Melden Sie sich als {login} ({store}) mit Ihrem gewohnten Passwort hier an:

                {link}

            Es dauert wenige Minuten. Niemand wird Sie je per Mail oder Telefon nach Ihrem Passwort fragen.

            {product}

            """,
        sms: "{product}: Bitte hinterlegen Sie für {login}, woran der Helpdesk Sie erkennt: {link}")
}

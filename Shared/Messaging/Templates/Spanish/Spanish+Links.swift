extension Spanish {
    static let accountLinked = Template(
        subject: "{product}: se vincularon dos cuentas",
        mail: """
            El {time} la cuenta {login} ({store}) se vinculó con la cuenta {otherLogin} ({otherStore}). Lo registrado \
            para {otherLogin} demuestra ahora quién llama por cualquiera de las dos.

            ¿No son las dos suyas, o no lo esperaba? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: {login} ({store}) se vinculó con {otherLogin} ({otherStore}). ¿No son suyas? Llámenos ya.")

    static let accountUnlinked = Template(
        subject: "{product}: dos cuentas ya no están vinculadas",
        mail: """
            El {time} se quitó el vínculo entre las cuentas {login} ({store}) y {otherLogin} ({otherStore}). Lo \
            registrado para {otherLogin} ya no vale para {login}.

            ¿No lo esperaba? Avise al servicio de asistencia.

            {product}

            """,
        sms: "{product}: {login} ({store}) ya no se vincula con {otherLogin} ({otherStore}). ¿No lo esperaba? Llame.")
}

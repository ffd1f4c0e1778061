extension Spanish {
    /// AC-07: it says what the code is for, whom to read it to, and what to do if nobody called.
    static let accessCode = Template(
        subject: "{product}: su código de acceso",
        mail: """
            Usted llamó al servicio de asistencia para {action}. Lea este código a la persona con la que está hablando:

                {code}

            Es válido durante {minutes} minutos y solo para esta llamada.

            ¿No ha llamado? Entonces es posible que alguien se haga pasar por usted. No dé el código a nadie y avise al \
            servicio de asistencia.

            {product}

            """,
        sms: """
            {product}: usted llamó para {action}. Lea este código al agente: {code} ({minutes} min). \
            ¿No es usted? No lo dé a nadie y avísenos.
            """)

    static let enrollmentCode = Template(
        subject: "{product}: confirme su dirección",
        mail: """
            Está registrando esta dirección en {product}. Escriba este código en la página de registro:

                {code}

            Es válido durante {minutes} minutos. Nadie del servicio de asistencia se lo pedirá.

            ¿No está registrando nada? Entonces no haga nada: sin el código, esta dirección no se utiliza.

            {product}

            """,
        sms: """
            {product}: su código para registrar este número es {code} ({minutes} min). \
            Nadie se lo pedirá por teléfono. ¿No es usted? No haga nada.
            """)
}

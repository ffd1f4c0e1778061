extension Spanish {
    static let secureLink = Template(
        subject: "{product}: elija su contraseña",
        mail: """
            Usted llamó al servicio de asistencia por su cuenta {login} en {store}. Elija aquí una contraseña nueva:

                {link}

            El enlace sirve una sola vez, durante {minutes} minutos. No se lo enseñe a nadie, tampoco al servicio de \
            asistencia.

            ¿No ha llamado? Entonces no lo abra y avise ahora mismo al servicio de asistencia.

            {product}

            """,
        // At the end and with nothing after it, so that no phone takes a full stop for part of the address.
        sms: "{product}: elija la contraseña de {login}, {minutes} min. ¿No es usted? Llámenos. {link}")

    static let secureLinkSent = Template(
        subject: "{product}: se envió un enlace para elegir su contraseña",
        mail: """
            El {time} el servicio de asistencia envió un enlace con el que se puede elegir la contraseña de su cuenta \
            {login} en {store}. Fue a una de sus propias direcciones.

            ¿No lo ha pedido? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: asistencia envió un enlace para la contraseña de {login}. ¿No lo ha pedido? Llámenos ya.")

    static let passwordSetByLink = Template(
        subject: "{product}: se cambió su contraseña",
        mail: """
            La contraseña de su cuenta {login} en {store} se acaba de cambiar con el enlace que envió el servicio de \
            asistencia. Si la cuenta estaba bloqueada, ya no lo está.

            ¿No ha sido usted? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: la contraseña de {login} se cambió con el enlace de asistencia. ¿No es usted? Llámenos ya.")
}

extension TipLexicon {
    /// The most frequent words of tips in Spanish, German, French, Italian, Portuguese and Dutch. With accents and
    /// without, as people type them. Words that are English too, or the opposite in another of these, are left out.
    static let languageRules: [TipRule] = foreignOpinions + foreignOperators + foreignConditions

    private static let foreignOpinions: [TipRule] = [
        TipRule(.state(80, -90), "funciona, funcionando, funcionan, sirve, válido, valido, vigente, me sirvió"),
        TipRule(
            .state(85, -90),
            "funcionó, funciono, sirvió, descontó, aplicó, ahorré, deu certo, funcionou, peguei, consegui"),
        TipRule(
            .state(60, -90), "funcionar, servir, sirve para, funktionieren, fonctionner, marcher, funzionare, werken"),
        TipRule(
            .state(80, -90),
            "funktioniert, klappt, geht, gültig, gueltig, hat geklappt, hat funktioniert, eingelöst, geklappt"),
        TipRule(
            .state(80, -90),
            "marche, fonctionne, a marché, a fonctionné, ça marche, valable, valide, fonctionné, marché"),
        TipRule(.state(80, -90), "funziona, ha funzionato, funzionato, werkt, werkte, gelukt, geldig, werkt prima"),
        TipRule(
            .state(-90, 70), "caducado, caducó, caduco, vencido, venció, expirado, expiró, agotado, inválido, expirou"),
        TipRule(
            .state(-90, 70), "abgelaufen, ungültig, ungueltig, kaputt, fehlermeldung, expiré, périmé, terminé, invalide"
        ),
        TipRule(.state(-90, 70), "scaduto, scaduta, esgotado, verlopen, ongeldig, acabou, já era, refusé, rejeté"),
        TipRule(
            .sentiment(40),
            "gracias, perfecto, genial, danke, merci, parfait, grazie, perfetto, obrigado, obrigada, bedankt"),
        TipRule(.sentiment(-40), "leider, malheureusement, purtroppo, infelizmente, lamentablemente, helaas, lástima"),
    ]

    private static let foreignOperators: [TipRule] = [
        TipRule(.negator(-40, .verbal), "não, niet, non, nicht, nao"),
        TipRule(.negator(0, .present), "ya no, nicht mehr, ne, não mais, non più, niet meer"),
        TipRule(
            .state(-85, 0),
            "ne marche pas, ne marche plus, ne fonctionne pas, ne fonctionne plus, marche pas, marche plus"),
        TipRule(
            .state(-85, 0), "fonctionne pas, fonctionne plus, funktioniert nicht, geht nicht, klappt nicht, werkt niet"),
        TipRule(
            .state(-85, 0),
            "funktioniert leider nicht, geht nicht mehr, funktioniert nicht mehr, geht leider nicht, klappt leider nicht"
        ),
        TipRule(
            .state(-85, 0),
            "hat nicht funktioniert, hat nicht geklappt, werkt niet meer, funktioniert leider nicht mehr"),
        TipRule(.role(.question), "alguien, alguém, weiß jemand, jemand, est ce que, qualcuno, iemand, quelqu"),
        TipRule(.role(.contrast), "pero, aber, mais, ma, però, mas, maar"),
        TipRule(.role(.conjunction), "y, und, et, e, en"),
        TipRule(.role(.present), "hoy, heute, aujourdhui, oggi, hoje, vandaag, ahora, jetzt"),
        TipRule(.role(.past), "ayer, gestern, ieri, ontem, gisteren"),
        TipRule(.role(.hypothetical), "si, falls, wenn, se"),
    ]

    private static let foreignConditions: [TipRule] = [
        TipRule(
            .role(.condition, .newCustomers),
            "nur für neukunden, nur neukunden, neukunden, nuevos clientes, clientes nuevos, nouveaux clients, novos clientes"
        ),
        TipRule(
            .role(.condition, .newCustomers),
            "nuovi clienti, nieuwe klanten, primera compra, première commande, primo ordine"),
        TipRule(
            .role(.condition, .minimumSpend),
            "mindestbestellwert, ab $, a partir de, à partir de, compra mínima, pedido mínimo"),
        TipRule(
            .role(.condition, .minimumSpend),
            "minimum dachat, spesa minima, minimale besteding, vanaf $, mbw, mínimo de $"),
        TipRule(
            .role(.condition, .appOnly), "nur in der app, solo en la app, uniquement sur lappli, só no app, solo app"),
        TipRule(.role(.limiter), "nur, solo, seulement, uniquement, apenas, alleen, somente, soltanto, sólo"),
    ]
}

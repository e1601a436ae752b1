# La page des chiffres annuels, et celle à publier.
nav-figures = Chiffres annuels
figures-title = Chiffres de { $value }
figures-year = Année
figures-show = Afficher
figures-contents = Sommaire
figures-exact = Nombres exacts, pour cette maison seule.
figures-waiting = { $n ->
    [one] { $number } année attend d’être comptée : d’ici là, elle peut manquer, ou être plus ancienne que les autres, là où des années sont comparées.
   *[other] { $number } années attendent d’être comptées : d’ici là, elles peuvent manquer, ou être plus anciennes que les autres, là où des années sont comparées.
}
figures-to-published = La page à publier, petites cellules masquées
figures-to-exact = Les chiffres exacts, pour cette maison
figures-part-overview = Signalements et suites données
figures-part-hosting = Hébergement
figures-part-findings = Constats
figures-part-removal = Traitement et retrait
figures-part-notices = Notifications aux hébergeurs
published-title = Chiffres annuels { $value }
published-as-of = État au { $value }
published-print = Pour en faire un PDF, imprimez cette page avec le navigateur.
method-title = Méthode
method-year = Un signalement compte dans l’année civile de sa réception par cette plateforme ; son état est celui de la date ci-dessus.
method-margin = Les signalements sont qualifiés par des personnes, qui examinent des adresses et non des individus. Les parts sont arrondies ; un écart de moins de 5 pour cent entre deux années ou deux groupes peut relever du hasard ou d’un changement de pratique.
method-clocks = La durée d’un retrait dépend du départ de l’horloge. Il n’y a pas de définition commune ; les cinq sont donc données :
method-clock-a = A : à la première réception connue
method-clock-b = B : à la première notification à l’hébergeur
method-clock-c = C : à la première information de la police
method-clock-d = D : à la prise en charge par la plateforme compétente
method-clock-e = E : au premier constat par un analyste
method-online = Une horloge s’arrête quand le contenu est constaté disparu pour la première fois. Ce que personne n’a vu disparaître compte comme encore en ligne : sa durée n’est pas connue, et les médianes des contenus retirés sont donc plus courtes qu’elles ne le seront. La courbe de la part encore en ligne en tient compte.
method-withheld = Les nombres de 1 à 4 sont masqués, et avec eux ceux qui permettraient de les calculer. Zéro est affiché.
figures-zone = Les années et les jours sont ceux du fuseau { $value }. D’autres plateformes peuvent compter selon d’autres fuseaux : un signalement au tout début ou à la toute fin d’une année peut y compter dans une autre année.

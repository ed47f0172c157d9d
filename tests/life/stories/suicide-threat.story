# People at once, no template, two to close.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Seul --url https://forum.example.org/t/4008 --text "Ma lampe Lumen est cassée, plus rien ne marche, je vais me suicider."
last entry crisis-raised
run crisis CASE --taken
refuse 1 reply CASE --url https://forum.example.org/t/4008#p2 --template first-contact-fr
told no template answers a crisis
run reply CASE --url https://forum.example.org/t/4008#p2
now 2026-11-03T09:00:00Z
run crisis CASE --lifted over --note "Les secours sont passés, sa famille est avec lui."
run resolve CASE --outcome accepted --reason "lampe remplacée" --channel private --where téléphone
refuse 1 close CASE --url https://forum.example.org/t/4008#p3 --no-survey "crise" --root-cause casse
told closed by two people
as odile
run approve CASE --subject closing
as ines
run close CASE --url https://forum.example.org/t/4008#p3 --no-survey "crise" --root-cause casse
state closed

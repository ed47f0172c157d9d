# A refund above the agency's limit: brand care's yes comes first, and for the amount.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Cher --url https://forum.example.org/t/4007 --text "Lampe Lumen cassée à la livraison, aucune réponse, je veux un remboursement."
run reply CASE --url https://forum.example.org/t/4007#p2
refuse 1 resolve CASE --outcome accepted --reason casse --remedy remboursement --amount 120 --currency EUR --channel private --where mp
told ines may grant 30 EUR here, not 120 EUR
as odile
run approve CASE --subject remedy --amount 100 --currency EUR
as ines
refuse 1 resolve CASE --outcome accepted --reason casse --remedy remboursement --amount 120 --currency EUR --channel private --where mp
as odile
run approve CASE --subject remedy --amount 120 --currency EUR
as ines
run resolve CASE --outcome accepted --reason casse --remedy remboursement --amount 120 --currency EUR --channel private --where mp
state resolved

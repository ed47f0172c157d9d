# The site's private channel costs money: somebody has to say yes first, and not just anybody.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Paulo --url https://forum.example.org/t/4003 --text "Lampe Lumen cassée à la livraison, aucune réponse du SAV, je veux un remboursement."
run reply CASE --url https://forum.example.org/t/4003#p2
refuse 1 ask CASE --channel private --where "messagerie payante" --wants "le nom" --paid
told nobody has approved this paid contact
refuse 1 approve CASE --subject paid-contact
told ines approves no paid contact
as odile
run approve CASE --subject paid-contact --note "un crédit"
as ines
run ask CASE --channel private --where "messagerie payante" --wants "le nom" --paid
state awaiting-customer

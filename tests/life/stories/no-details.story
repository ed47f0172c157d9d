# The customer gives no details; after the last reminder the case ends without news.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Muet --url https://forum.example.org/t/4002 --text "Ma lampe Lumen est arrivée cassée, c'est inadmissible, je veux une réponse."
run reply CASE --url https://forum.example.org/t/4002#p2
refuse 1 resolve CASE --outcome without-news --reason "sans nouvelles"
told needs a customer who was reminded
run ask CASE --channel public --url https://forum.example.org/t/4002#p3 --wants "le numéro de commande"
state awaiting-customer
refuse 1 resolve CASE --outcome without-news --reason "sans nouvelles"
now 2026-11-05T09:00:00Z
run remind CASE --channel public --url https://forum.example.org/t/4002#p4
now 2026-11-08T09:00:00Z
run remind CASE --channel public --url https://forum.example.org/t/4002#p5
last number 2
now 2026-11-11T09:00:00Z
run resolve CASE --outcome without-news --reason "sans nouvelles après deux relances"
run close CASE --url https://forum.example.org/t/4002#p6 --no-survey "sans nouvelles" --root-cause "inconnue"
state closed

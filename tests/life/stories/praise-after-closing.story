# After the end the customer turns round and thanks; the case stays closed.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Content --url https://forum.example.org/t/4009 --text "Lampe Lumen cassée à la livraison, aucune réponse, je veux un remboursement."
run reply CASE --url https://forum.example.org/t/4009#p2
run resolve CASE --outcome accepted --reason "remplacée" --channel public --url https://forum.example.org/t/4009#p3
run close CASE --url https://forum.example.org/t/4009#p3 --survey https://enquete.example.org/2 --root-cause casse
now 2026-11-09T09:00:00Z
as malo
run thanks CASE --channel public --url https://forum.example.org/t/4009#p4 --text "Prise en charge au top, merci !"
state closed
last entry thanked

# One customer, three places: the case is closed at all of them or not at all.
now 2026-11-02T09:00:00Z
as ines
run new --source forum-bricolage --author Trio --url https://forum.example.org/t/4004 --text "Lampe Lumen cassée à la livraison, aucune réponse, je veux un remboursement."
run new --source forum-bricolage --author Trio --url https://forum.example.org/t/4005 --text "Je le redis ici : ma lampe Lumen est cassée, toujours aucune réponse !"
run merge OTHER CASE --reason "même client, même lampe"
last entry place-added
run new --source forum-bricolage --author Trio --url https://forum.example.org/t/4006 --text "Troisième message : lampe Lumen cassée, remboursez-moi, aucune réponse."
run merge OTHER CASE --reason "encore lui"
run reply CASE --place p1 --url https://forum.example.org/t/4004#p2
run resolve CASE --outcome accepted --reason "remplacée" --channel public --place p1 --url https://forum.example.org/t/4004#p3
refuse 2 close CASE --url p1=https://forum.example.org/t/4004#p4 --url p2=https://forum.example.org/t/4005#p2 --no-survey non --root-cause casse
told `close` needs --url p3=URL
run close CASE --url p1=https://forum.example.org/t/4004#p4 --url p2=https://forum.example.org/t/4005#p2 --impossible p3=verrouillé --no-survey non --root-cause casse
state closed

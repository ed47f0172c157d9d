"""Who must be called at once, and who only speaks strongly.

Every sentence was written for this table.
"""

import pytest

from runner.policies.rules import TriagePolicy
from runner.triage.judge import Message, judge_message

SUICIDE = """
Je n'ai plus envie de vivre.
j'ai plus envie de vivre
Je n'ai plus du tout envie de vivre depuis cette histoire
Je n'ai pas envie de vivre
Je n'ai plus aucune envie de vivre
Je ne veux plus vivre.
je veux plus vivre
Je ne veux pas vivre
Je voudrais ne plus vivre
Je n'ai plus de raison de vivre
Je n'ai plus aucune raison de vivre
Je n'ai plus la force de vivre
Je n'ai plus goût à la vie
J'ai perdu le goût de vivre
Je n'ai plus de goût à vivre
À quoi bon vivre
Ma vie ne vaut plus la peine d'être vécue
La vie ne vaut plus la peine d'être vécue
J'ai envie de mourir
J'ai juste envie d'en finir
J'ai envie d'en finir avec la vie
Je veux en finir
Autant en finir cette nuit
Je vais mettre fin à mes jours
Mon frère a voulu mettre fin à ses jours après votre courrier
Je pense à mettre fin à ma vie
Je vais me suicider
Si vous ne m'aidez pas je me suicide
Je pense au suicide tous les soirs
J'ai des idées suicidaires
J'ai des pensées noires, j'ai envie de mourir
Je préfère mourir
Je préférerais être mort
Je voudrais être morte
Je vais me tuer
Je me tue ce soir si rien ne change
Je vais me pendre
Je vais me jeter sous le train
Je vais sauter par la fenêtre
Je vais me jeter du pont
Je vais me tirer une balle
Je vais me foutre en l'air
Je vais m'ouvrir les veines
Je vais me tailler les veines
Je vais avaler tous mes médicaments
Je vais avaler la boîte de cachets, adieu
Vous aurez ma mort sur la conscience
Vous aurez un mort sur la conscience
Mon mari a fait une tentative de suicide
Ma fille menace de se suicider
Le monde serait mieux sans moi
Tout le monde irait mieux sans moi
Vous serez responsables de mon suicide
Ma mère ne veut plus vivre depuis que vous lui avez coupé le chauffage
J'en ai marre de la vie
Je ne tiens plus, je veux disparaître
Il ne me reste plus qu'à me pendre
Je songe à en finir
Laissez-moi mourir
Plus rien ne me retient à la vie
Je n'ai plus la force de continuer à vivre
Mon père s'est pendu à cause de vos relances
I really can't see a reason to keep living
I don't feel like living anymore
I am ready to die
I don't want to live any more
I don't want to live anymore.
I do not want to be alive
I don't want to be here anymore, I want to die
I no longer want to live
I have no reason to live
There is nothing left to live for
I have nothing to live for
I want to die
I just want to die
I wish I was dead
I wish I were dead
I'd rather be dead
I would be better off dead
Everyone would be better off without me
I'm going to kill myself
If you don't help me I will kill myself
I'll kill myself tonight
I am thinking of killing myself
I feel suicidal
I'm having suicidal thoughts
My husband is suicidal because of your letters
I am thinking about suicide
My son attempted suicide after your bailiff came
He tried to kill himself last week
I want to end my life
I'm going to end it all
I might as well end it all tonight
I will take my own life
I'm going to hang myself
I'll jump off the bridge
I am going to jump in front of a train
I'm going to cut my wrists
I'm going to take all my pills tonight
I can't go on living
I can't go on living like this
Life is not worth living
My life isn't worth living any more
I have lost the will to live, I have pills here, I want to die
My death will be on your conscience
Goodbye, I won't be alive tomorrow
""".strip().splitlines()

NO_SUICIDE = """
Je suis mort de rire
Je suis morte de honte devant mes invités
On était morts de fatigue en sortant de votre magasin
Cette appli me tue
Ce bruit me tue les oreilles
Plus envie de commander chez vous
Je n'ai plus envie de rester client
Je n'ai plus envie de payer pour ça
Je ne veux plus vivre ça avec un opérateur
Je ne veux plus vivre une telle installation
Je ne peux plus vivre sans cette cafetière
Je ne peux pas vivre sans internet
On ne peut plus vivre dans cet appartement sans chauffage
Impossible de vivre sans eau chaude
La batterie est morte
Mon téléphone est mort ce matin
L'ampoule est morte, la lampe aussi
J'ai crevé un pneu en allant chez vous
C'est un suicide commercial
Ce tarif est un suicide commercial
Vous suicidez votre marque
On se tue à vous le répéter
Je me tue à vous expliquer que le colis est perdu
Je m'ennuie à mourir en vous attendant au téléphone
J'ai failli mourir de rire
Je meurs d'envie de l'essayer
C'est à mourir de rire
Plutôt mourir que de revenir chez vous
J'en ai fini avec vous
Je veux en finir avec cet abonnement
Il faut en finir avec ces frais cachés
J'aimerais en finir avec ce dossier
Je veux mettre fin à mon contrat
Je souhaite mettre fin à mon abonnement
Je vais me pendre à votre standard jusqu'à ce qu'on réponde
Je vais me pendre la crémaillère samedi avec votre lampe
Qui a eu l'idée suicidaire de mettre le bouton ici
J'ai envie de mourir de honte
Je veux disparaître de vos fichiers
Cette cafetière me donne envie de vivre le matin
I hung the lamp myself
Nature morte très réussie sur l'affiche
I lost the will to live while on hold
Le tueur de prix est de retour
Une tuerie, cette machine
La touche est morte
Angle mort dans la caméra
Le point mort de la boîte ne fonctionne pas
Votre service est mort
Je ne vais pas me suicider pour une lampe
Ce n'est pas la mort
La mort dans l'âme, je résilie
Killing time while your app loads
This app is killing me
I'd kill for a refund
I'd kill for a decent coffee maker
I'm dying to try it
I'm dying of laughter
My phone died
The battery is dead
The line went dead
The screen is dead
The deadline has passed
Your update is commercial suicide
Suicide mission to call your helpline
I can't live without this kettle
I can't live with this noise
I don't want to live in a flat without heating
I don't want to live with your router
I want to end my contract
I want to end my subscription
I'm done with this company
I want to be done with this refund
I nearly died laughing
It bores me to death
I was worried to death about my parcel
I am sick to death of waiting
To die for, this chocolate
The lamp has a long life
I'd rather die than call you again, ha ha
I would never kill myself over a toaster
I shot myself in the foot by choosing you
I am not suicidal, I just want my parcel
Drop dead gorgeous lamp
Dead on arrival, the unit does not start
This will be the death of your brand
My washing machine killed itself
The app keeps killing itself
""".strip().splitlines()

THREATS = """
Je vais venir vous égorger
Je viens vous égorger
On va venir vous tuer un par un
On sait où vous habitez
Nous savons où tu travailles
Je sais où habite votre technicien, il est mort
Je sais où habite votre livreur, je vais le tuer
Votre technicien est un homme mort
Vous êtes morts
T'es mort
Tu es mort, je te retrouve
Tu vas crever
Vous allez tous crever
Vous allez mourir
Je vous tue tous
Je vais te planter
Je vais vous planter un couteau dans le dos
Je vais vous faire la peau
J'aurai votre peau
Je vais buter votre conseiller
Je vais étrangler votre vendeur
Je vais lui casser la tête jusqu'à ce qu'il crève
Je débarque au magasin avec un couteau
Je reviens avec une arme
Je passerai avec mon fusil
Je vais mettre une bombe dans votre agence
Je vais faire sauter votre siège
Je vais brûler votre boutique avec vous dedans
Je vais mettre le feu à votre agence
Il mérite une balle dans la tête
Une balle dans la tête, voilà ce qu'il mérite
Qu'il crève, votre directeur
Crevez tous
Si je croise votre livreur je le tue
Si vous ne me remboursez pas je vous tue
Mort au patron
Je vous souhaite de mourir
J'espère que vous allez tous mourir
Vous méritez la mort
Dites adieu à votre famille
I am going to kill you
I'll kill you
I will kill your technician
If you don't refund me I will kill you
I know where your technician lives, he is dead
I know where your driver lives
I know where you live
We know where you work
We know where your family lives
You are dead
You're a dead man
You're all dead
Your driver is a dead man
I will come and stab you
I'm coming to your shop with a knife
I'm bringing a gun to your office
I will slit your throat
I'll put a bullet in your head
I will burn your shop down with you inside
I'm going to blow up your headquarters
There is a bomb in your store
I will shoot you all
I'm going to shoot your manager
I will find you and kill you
I hope you die
I hope you all die
I hope your manager gets shot
Your staff deserve to die
Somebody should kill that man
Death to your director
Watch your back, I'm coming for you
You will die for this
You're going to die
I want your agent dead
I'm going to strangle your salesman
Die all of you
Tu vas y passer
Vous ne verrez pas Noël
Je t'attends à la sortie du magasin avec une batte
I'm gonna kill whoever answers this phone
I'll be waiting outside your office with a gun
You won't live to see Christmas
I want to see your CEO hang
""".strip().splitlines()

NO_THREAT = """
Vous allez le payer cher
Ça va vous coûter cher
Vous allez entendre parler de moi
Je ne vous lâcherai pas
Je vais vous attaquer en justice
On se retrouvera au tribunal
Le pneu va crever
On va crever de froid sans chaudière
Vous allez mourir de rire en lisant ma facture
Vous aurez des nouvelles de mon avocat
Je vais vous pourrir sur les réseaux
Je vais vous faire une pub d'enfer
Ce prix est un assassinat
C'est un meurtre, ce tarif
Prix assassins toute la semaine
Vous m'avez tué avec cette facture
Vous tuez le petit commerce
Votre mise à jour a tué ma montre
Je vais tuer le temps au magasin
Je vais buter sur ce problème encore longtemps
Le joint a crevé
Vous êtes morts de rire j'imagine
Vous êtes nuls à mourir
Le technicien est parti en laissant l'appareil mort
Le technicien a dit que le moteur était mort
L'opérateur dit que la ligne est morte
Votre livreur a failli mourir de peur devant mon chien
Mon père est mort, je dois résilier sa ligne
Ma mère est morte en juin, comment clôturer son compte ?
Mon mari est décédé, fermez son abonnement
Le client est roi, mort au client mystère disait la pub
J'ai planté un clou dans le mur
Le site va planter
Votre site va encore planter
Vous avez planté mon ordinateur
J'ai mis le feu aux poudres en appelant
Je vais mettre le feu à la cheminée avec votre allume-feu
J'ai brûlé mes toasts
La lampe va faire sauter les plombs
Ça fait sauter le disjoncteur
La bouilloire a fait sauter le disjoncteur dans la boutique
Je vais vous faire économiser
Votre bombe anti-moustique ne marche pas
Une bombe, cette enceinte
C'est de la bombe
Je sais où vous êtes situés, merci
Je sais où se trouve votre magasin
Bon, je sais où vous trouver maintenant, à bientôt au rayon lampes
Je viens avec mon couteau à réparer demain
La lame du couteau est cassée
Tirez-vous une balle dans le pied si vous voulez
On ne va pas mourir pour ça
That price is murder
These prices are killing us
Your update killed my phone
You are killing your brand
You will pay for this
You'll regret this
You'll hear from my lawyer
I will see you in court
I will destroy you in my review
I'm going to leave a killer review
The killer feature is the timer
I could murder a cup of tea
I could kill for a cup of tea
My wife will kill me if this is late
My mum is going to kill me
This queue is killing me
Your chat is dead
Your link is dead
Your technician said the battery is dead
The technician said the motor is dead
Your phone line is dead
You people are dead slow
My father is dead, please close his account
My husband died in May, please cancel his line
I know where your shop is
I know where your office is, I'll come by tomorrow
I'll shoot you a message
The parcel was shot to pieces
It blew a fuse in the shop
I burned my hand on the kettle
The kettle burned my hand
Your team should be shot of that supplier
I will hang it on the wall
The bulb burned out and you should replace it
The bath bomb smells great
This speaker is the bomb
The knife arrived blunt
I'm bringing the knife back to your shop
I bought a gun safe
The hair dryer nearly electrocuted me
""".strip().splitlines()


def crisis(shipped: TriagePolicy, text: str) -> str | None:
    found = judge_message(Message(text), shipped).crisis
    return found.value if found else None


@pytest.mark.parametrize("text", SUICIDE)
def test_who_speaks_of_ending_a_life_is_found(shipped: TriagePolicy, text: str) -> None:
    assert crisis(shipped, text) == "suicide"


@pytest.mark.parametrize("text", NO_SUICIDE)
def test_who_only_speaks_of_death_is_not(shipped: TriagePolicy, text: str) -> None:
    assert crisis(shipped, text) is None


@pytest.mark.parametrize("text", THREATS)
def test_who_threatens_to_kill_is_found(shipped: TriagePolicy, text: str) -> None:
    assert crisis(shipped, text) == "death-threat"


@pytest.mark.parametrize("text", NO_THREAT)
def test_who_threatens_with_something_else_does_not_threaten_to_kill(
    shipped: TriagePolicy, text: str
) -> None:
    assert crisis(shipped, text) is None

"""Names that are words as well: HARDLY ever names, or WORDLIKE and names where written as such."""

from __future__ import annotations

HARDLY = (
    "ball banks best bill bird bond branch case chase christian church day don english field fields "
    "ford good grant guy hill hope house key king little long love mark may page park power price "
    "read sharp short small west will "
)

WORDLIKE = (
    "abbott abe ahn ama angel anh april ara archer austin autumn avi awj bae baker bal ball bao "
    "barber bass bates bean begum bell bender berry best bev bill bir birch bishop black blessing "
    "bones booker booth bowers bowman boyd branch brandy bray brewer bridges bright brooks brown "
    "buck bui bullock burgess burns burrows bush butler cadet cannon cao carolina carpenter carter "
    "case casey chamberlain chambers chandler charity chase cherry cheyenne cho chu church clay cliff "
    "cly colon combs conway cook cooper cotter couture cox crane cross cruise crystal curry cyr dai "
    "daisy dakota dale dar das dash daw dawn day dean decker dee deo destiny dey diamond dick "
    "dickey dieter divine don downey downing downs drake drew drum dua duc duff duke dusty dyer earl "
    "early ebony ernest eun eze faith fanning farmer fay fern ferry field fielding fields finch "
    "fisher flood florence flowers foa foster fowler fox foy frank freeman french frost fry fuller "
    "gamble gao gardner garland garner garrison gates gay gene gentry german gill glass glen glenn "
    "glover good goodman goodwin grace grant graves gray green greenwood grey grimes gross gunning "
    "guo guy hai hale hall han hao hardy hare harry hart hawkins hazel heath heather heo herb hickey "
    "hoa holder holland holly hood hooper hoover hope horn house houston hsu hui hull hunt hunter huy "
    "hye hyo ige ike ina israel ito iva jack jackson jade jae jai jasmine jay jean jha jin "
    "jordan jos joy jua judge jun june kaiser kao kar keo key kip knight kou kue lacy lad lai lam "
    "lamb lan lance lane lau laurel leach leech lees lei len lim lin lincoln little liu lon london "
    "long lord love luc lucky luo lut luu lynch madden madison mai mak man mann mark marks marquis "
    "marrow marsh marshall mason maverick max may mayo meadows mee mei melody mercer merry mesa mick "
    "miles miller mills misty monk monks moody moon moore morrow moss moy myrtle nam nea newman "
    "newton nez ngo noble noh norman north nur oba obi ojo olive olu oma opal orr ota pace page "
    "pak pao parks parsons patience patty peacock peck penny petty pierce pitts pollard polo pope "
    "porter potter power powers prater price prince proctor pua quill rao raven ray rea read reed "
    "reid rice rich riddle ridge rio rivers roa roach rob robin rock roman rose rowan rua ruby "
    "ruddy rush rusty ryder sai sal salem savage savannah sawyer scott sears sellers seo sexton "
    "shepherd sherry shields short sierra silk singleton slaughter small smart smith snow sok soo "
    "sparks spears stamper stark steward stiles stokes stone story stout strong sue summer summers "
    "sung swift sydney tanner taylor tou troy tse tso turner uma valentine vea victor vigil "
    "villa virginia vue wade walker wall walls ward waters weaver weeks wei weir welch wells west "
    "wheeler white whitehead will winter winters wise wolf woo wood woods wren xie xin yaj yan yee "
    "yeh yen yoo york young yui zah zhu "
)

//! The outline of mapper and mapping files, as text.

use super::super::dump::dump;
use super::super::outline::{ExprKind, Piece};
use super::outline;

fn check(source: &str, expected: &str) {
    let outlined = outline(source);
    for expr in &outlined.exprs {
        if let ExprKind::Text(pieces) = &expr.kind {
            for piece in pieces {
                if let Piece::Literal { text, span } = piece
                    && text.len() == span.len()
                {
                    assert_eq!(&source[span.range()], text);
                }
            }
        }
    }
    let text = dump(&outlined);
    assert_eq!(text.trim(), expected.trim(), "\n{text}");
}

#[test]
fn a_mapper_is_a_type_with_statements() {
    check(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE mapper PUBLIC "-//mybatis.org//DTD Mapper 3.0//EN" "http://mybatis.org/dtd/mybatis-3-mapper.dtd">
<mapper namespace="com.shop.OrderMapper">
  <sql id="from">FROM ${prefix}orders o <!-- all --> </sql>
  <sql id="loop"><include refid="loop"/></sql>
  <select id="find" resultType="x">
    SELECT <include refid="com.shop.Base.columns"/> <include refid="from"><property name="prefix" value="shop."/></include>
    <where>
      <if test="a">AND o.a &lt;= #{a}</if>
      <choose><when test="b">AND b = 1</when><otherwise>AND c = 2</otherwise></choose>
      AND o.id IN <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
    </where>
    <![CDATA[ AND x < 3 ]]> ORDER BY ${order}
  </select>
  <insert id="add">
    <selectKey keyProperty="id" order="AFTER">SELECT LAST_INSERT_ID()</selectKey>
    INSERT INTO orders <trim prefix="(" suffix=")" suffixOverrides=","><if test="a">a,</if></trim> VALUES (#{a})
  </insert>
  <update id="set">UPDATE orders <set><if test="a">a = #{a},</if></set> WHERE id = 1</update>
</mapper>
"#,
        r#"package com::shop
extension $0 OrderMapper
value OrderMapper::from = "FROM {}orders o  " (exported)
value OrderMapper::loop = "{}  " (exported)
method #0 OrderMapper::find() of $0
  mybatis::select("\n    SELECT  {com::shop::Base::columns}   FROM shop.orders o   \n      WHERE  \n        o.a <= #{{a}} \n       {("AND b = 1" | "AND c = 2")} \n      AND o.id IN   ( #{{id}} )  \n     \n     AND x < 3  ORDER BY {}\n  ")
method #1 OrderMapper::add() of $0
  mybatis::selectKey("SELECT LAST_INSERT_ID()")
  mybatis::insert("\n    \n    INSERT INTO orders   ( a  )   VALUES (#{{a}})\n  ")
method #2 OrderMapper::set() of $0
  mybatis::update("UPDATE orders   SET  a = #{{a}}   WHERE id = 1")
"#,
    );
}

#[test]
fn ibatis_is_read() {
    check(
        r#"<sqlMap namespace="Orders"><select id="find">select * from $t$ <dynamic prepend="WHERE"><isNotNull prepend="AND" property="x">a = #x#</isNotNull></dynamic></select></sqlMap>"#,
        r#"extension $0 Orders
method #0 Orders::find() of $0
  mybatis::select("select * from {}   WHERE  a = #x#  ")
"#,
    );
}

#[test]
fn mappings_are_annotations() {
    check(
        r#"<hibernate-mapping package="a.b">
  <class name="Order" table="orders" schema="shop">
    <id name="id"/>
    <many-to-one name="user" class="a.c.User"/>
    <set name="tags" table="order_tags"><many-to-many class="Tag"/></set>
    <join table="extra"><property name="x"/></join>
    <joined-subclass name="Special" table="special_orders"/>
  </class>
  <sql-query name="q"><![CDATA[select * from orders]]></sql-query>
</hibernate-mapping>"#,
        r#"package a::b
@Entity
@Table(name="orders", schema="shop")
@SecondaryTable(name="extra")
extension $0 Order
  field id
  @ManyToOne
  field user: a::c::User
  @ManyToMany
  @JoinTable(name="order_tags")
  field tags: Tag
@Entity
@Table(name="special_orders")
extension $1 Special: Order
@NamedNativeQuery(name="q", query="select * from orders")
extension $2 q
"#,
    );
    check(
        r#"<entity-mappings><package>a.b</package>
  <entity class="Order"><table name="orders"/><attributes><many-to-many name="tags"><join-table name="order_tags"/></many-to-many></attributes></entity>
</entity-mappings>"#,
        "package a::b\n@Entity\n@Table(name=\"orders\")\nextension $0 Order\n  @ManyToMany\n  @JoinTable(name=\"order_tags\")\n  field tags",
    );
}

#[test]
fn other_and_broken_files_are_harmless() {
    assert!(dump(&outline("<project><a/></project>")).is_empty());
    assert_eq!(outline("<mapper namespace='x'><select>").problems.len(), 1);
    assert!(outline("<mapper/>").problems.is_empty());
}
